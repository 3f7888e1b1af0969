// Norm: Float32[4, 12]
@group(0) @binding(0) var<storage, read_write> b0: array<vec4<f32>, 12>; // Float32
@group(0) @binding(1) var<storage, read_write> b1: array<vec4<f32>, 12>; // Float32

@compute @workgroup_size(16)
fn main(@builtin(workgroup_id) group_id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
    let group = i32(group_id.y * groups.x + group_id.x);
    let item = group * 16 + i32(local);
    if (item >= 4) { return; }
    let v0 = vec4<f32>(0f);
    var v1: vec4<f32> = v0;
    let v2 = item * 12;
    for (var n3 = 0; n3 < 12; n3 += 4) {
        v1 = v1 + b0[(item * 3) + (n3 >> 2u)];
    }
    let v4 = v1;
    var v5: vec4<f32> = v0;
    let v6 = vec4<f32>(((v4.x + v4.z) + (v4.y + v4.w)) / 12f);
    for (var n7 = 0; n7 < 12; n7 += 4) {
        let v8 = b0[(item * 3) + (n7 >> 2u)] - v6;
        v5 = v5 + (v8 * v8);
    }
    let v9 = v5;
    let v10 = sqrt((((v9.x + v9.z) + (v9.y + v9.w)) / 12f) + 9.999999747378752E-06f);
    let v11 = vec4<f32>(1f / v10);
    for (var n12 = 0; n12 < 12; n12 += 4) {
        let v13 = v2 + n12;
        b1[(item * 3) + (n12 >> 2u)] = (b0[(item * 3) + (n12 >> 2u)] - v6) * v11;
    }
}
