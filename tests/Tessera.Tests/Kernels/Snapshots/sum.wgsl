// ReduceSum: Float32[3, 8]
@group(0) @binding(0) var<storage, read_write> b0: array<vec4<f32>>; // Float32
@group(0) @binding(1) var<storage, read_write> b1: array<vec4<f32>>; // Float32

@compute @workgroup_size(16)
fn main(@builtin(workgroup_id) group_id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
    let group = i32(group_id.y * groups.x + group_id.x);
    let item = group * 16 + i32(local);
    if (item >= 3) { return; }
    let v0 = vec4<f32>(0f);
    let v1 = item * 160;
    let v2 = item * 8;
    for (var n3 = 0; n3 < 8; n3 += 4) {
        var v4: vec4<f32> = v0;
        for (var n5 = 0; n5 < 20; n5 += 1) {
            v4 = v4 + b0[((item * 40) + (n5 * 2)) + (n3 >> 2u)];
        }
        b1[(item * 2) + (n3 >> 2u)] = v4;
    }
}
