// Pad: Float32[1, 4, 8, 8]
@group(0) @binding(0) var<storage, read_write> b0: array<f32, 192>; // Float32
@group(0) @binding(1) var<storage, read_write> b1: array<f32, 300>; // Float32

@compute @workgroup_size(16)
fn main(@builtin(workgroup_id) group_id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
    let group = i32(group_id.y * groups.x + group_id.x);
    let item = group * 16 + i32(local);
    let v0 = item % 3;
    let v1 = item / 24;
    let v2 = (item / 3) % 8;
    let v3 = b0[((v0 * 64) + (v1 * 8)) + v2];
    b1[(((v1 * 30) + 33) + (v2 * 3)) + v0] = v3;
}

// Pack: Float32[1, 4, 8, 8]
@group(0) @binding(0) var<storage, read_write> b0: array<f32, 108>; // Float32
@group(0) @binding(1) var<storage, read_write> b1: array<f32, 108>; // Float32

@compute @workgroup_size(16)
fn main(@builtin(workgroup_id) group_id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
    let group = i32(group_id.y * groups.x + group_id.x);
    let item = group * 16 + i32(local);
    if (item >= 27) { return; }
    let v0 = item / 9;
    let v1 = v0 * 9;
    let v2 = (item / 3) % 3;
    let v3 = v2 * 3;
    let v4 = item % 3;
    let v5 = ((v2 * 36) + (v4 * 12)) + (v0 * 4);
    b1[v5] = b0[(v1 + v3) + v4];
    b1[v5 + 1] = b0[((v1 + 27) + v3) + v4];
    b1[v5 + 2] = b0[((v1 + 54) + v3) + v4];
    b1[v5 + 3] = b0[((v1 + 81) + v3) + v4];
}

// Conv: Float32[1, 4, 8, 8]
@group(0) @binding(0) var<storage, read_write> b0: array<f32, 300>; // Float32
@group(0) @binding(1) var<storage, read_write> b1: array<vec4<f32>, 27>; // Float32
@group(0) @binding(2) var<storage, read_write> b2: array<f32, 256>; // Float32

@compute @workgroup_size(16)
fn main(@builtin(workgroup_id) group_id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
    let group = i32(group_id.y * groups.x + group_id.x);
    let item = group * 16 + i32(local);
    let v0 = vec4<f32>(0f);
    var v1: vec4<f32> = v0;
    var v2: vec4<f32> = v0;
    var v3: vec4<f32> = v0;
    var v4: vec4<f32> = v0;
    let v5 = item / 2;
    let v6 = item % 2;
    let v7 = v6 * 4;
    let v8 = v7 + 1;
    let v9 = v7 + 2;
    let v10 = (v7 + (-1)) * 3;
    let v11 = v6 * 12;
    let v12 = v8 * 3;
    let v13 = v9 * 3;
    for (var n14 = 0; n14 < 3; n14 += 1) {
        let v15 = n14 * 36;
        let v16 = (((v5 + n14) + (-1)) * 30) + 33;
        let v17 = v16 + v10;
        let v18 = v16 + v11;
        let v19 = v16 + v12;
        let v20 = v16 + v13;
        for (var n21 = 0; n21 < 9; n21 += 1) {
            let v22 = b1[(n14 * 9) + n21];
            v1 = v22 * vec4<f32>(b0[v17 + n21]) + v1;
            v2 = v22 * vec4<f32>(b0[v18 + n21]) + v2;
            v3 = v22 * vec4<f32>(b0[v19 + n21]) + v3;
            v4 = v22 * vec4<f32>(b0[v20 + n21]) + v4;
        }
    }
    let v23 = v1;
    let v24 = v2;
    let v25 = v3;
    let v26 = v4;
    let v27 = v5 * 8;
    let v28 = v27 + v7;
    let v29 = v27 + v8;
    let v30 = v27 + v9;
    let v31 = v27 + (v7 + 3);
    b2[v28] = v23.x;
    b2[v28 + 64] = v23.y;
    b2[v28 + 128] = v23.z;
    b2[v28 + 192] = v23.w;
    b2[v29] = v24.x;
    b2[v29 + 64] = v24.y;
    b2[v29 + 128] = v24.z;
    b2[v29 + 192] = v24.w;
    b2[v30] = v25.x;
    b2[v30 + 64] = v25.y;
    b2[v30 + 128] = v25.z;
    b2[v30 + 192] = v25.w;
    b2[v31] = v26.x;
    b2[v31 + 64] = v26.y;
    b2[v31 + 128] = v26.z;
    b2[v31 + 192] = v26.w;
}
