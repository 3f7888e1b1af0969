// ReduceSum: Float32[3, 8]
@group(0) @binding(0) var<storage, read_write> b0: array<f32, 480>; // Float32
@group(0) @binding(1) var<storage, read_write> b1: array<f32, 24>; // Float32

@compute @workgroup_size(16)
fn main(@builtin(workgroup_id) group_id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
    let group = i32(group_id.y * groups.x + group_id.x);
    let item = group * 16 + i32(local);
    if (item >= 24) { return; }
    var v0: f32 = 0f;
    let v1 = item % 8;
    let v2 = (item / 8) * 160;
    for (var n3 = 0; n3 < 20; n3 += 1) {
        v0 = v0 + b0[(v2 + (n3 * 8)) + v1];
    }
    b1[item] = v0;
}
