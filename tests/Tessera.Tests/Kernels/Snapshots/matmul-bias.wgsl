// MatMul: Float32[6, 12]
@group(0) @binding(0) var<storage, read_write> b0: array<f32>; // Float32
@group(0) @binding(1) var<storage, read_write> b1: array<vec4<f32>>; // Float32
@group(0) @binding(2) var<storage, read_write> b2: array<vec4<f32>>; // Float32
@group(0) @binding(3) var<storage, read_write> b3: array<vec4<f32>>; // Float32

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group_id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
    let group = i32(group_id.y * groups.x + group_id.x);
    let item = group * 64 + i32(local);
    if (item >= 6) { return; }
    let v0 = vec4<f32>(0f);
    var v1: vec4<f32> = v0;
    var v2: vec4<f32> = v0;
    var v3: vec4<f32> = v0;
    var v4: vec4<f32> = v0;
    let v5 = min((item / 3) * 4, 2);
    let v6 = v5 + 1;
    let v7 = v5 + 2;
    let v8 = v5 + 3;
    let v9 = v5 * 16;
    let v10 = v6 * 16;
    let v11 = v7 * 16;
    let v12 = v8 * 16;
    let v13 = (item % 3) * 4;
    for (var n14 = 0; n14 < 16; n14 += 1) {
        let v15 = b1[(n14 * 3) + (v13 >> 2u)];
        v1 = vec4<f32>(b0[v9 + n14]) * v15 + v1;
        v2 = vec4<f32>(b0[v10 + n14]) * v15 + v2;
        v3 = vec4<f32>(b0[v11 + n14]) * v15 + v3;
        v4 = vec4<f32>(b0[v12 + n14]) * v15 + v4;
    }
    let v16 = b2[v13 >> 2u];
    b3[(v5 * 3) + (v13 >> 2u)] = v1 + v16;
    b3[(v6 * 3) + (v13 >> 2u)] = v2 + v16;
    b3[(v7 * 3) + (v13 >> 2u)] = v3 + v16;
    b3[(v8 * 3) + (v13 >> 2u)] = v4 + v16;
}
