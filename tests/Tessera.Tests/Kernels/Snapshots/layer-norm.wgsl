// Norm: Float32[4, 12]
@group(0) @binding(0) var<storage, read_write> b0: array<f32>; // Float32
@group(0) @binding(1) var<storage, read_write> b1: array<f32>; // Float32

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group_id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
    let group = i32(group_id.y * groups.x + group_id.x);
    let item = group * 64 + i32(local);
    if (item >= 4) { return; }
    var v0: f32 = 0f;
    var v1: f32 = 0f;
    let v2 = item * 12;
    for (var n3 = 0; n3 < 12; n3 += 1) {
        v0 = v0 + b0[v2 + n3];
    }
    let v4 = v0 / 12f;
    for (var n5 = 0; n5 < 12; n5 += 1) {
        let v6 = b0[v2 + n5] - v4;
        v1 = v6 * v6 + v1;
    }
    let v7 = sqrt((v1 / 12f) + 1E-05f);
    for (var n8 = 0; n8 < 12; n8 += 1) {
        let v9 = v2 + n8;
        b1[v9] = (b0[v9] - v4) / v7;
    }
}
