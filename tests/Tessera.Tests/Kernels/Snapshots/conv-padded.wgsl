// Clear: Float32[1, 3, 8, 8]
@group(0) @binding(0) var<storage, read_write> b0: array<f32>; // Float32

@compute @workgroup_size(16)
fn main(@builtin(workgroup_id) group_id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
    let group = i32(group_id.y * groups.x + group_id.x);
    let item = group * 16 + i32(local);
    if (item >= 60) { return; }
    let v0 = item / 30;
    let v1 = (((item / 3) % 10) + (-1)) * 3;
    let v2 = (((select(v0 + 7, v0 + (-1), v0 < 1) * 30) + 33) + v1) + (item % 3);
    b0[v2] = 0f;
}

// Clear: Float32[1, 3, 8, 8]
@group(0) @binding(0) var<storage, read_write> b0: array<f32>; // Float32

@compute @workgroup_size(16)
fn main(@builtin(workgroup_id) group_id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
    let group = i32(group_id.y * groups.x + group_id.x);
    let item = group * 16 + i32(local);
    if (item >= 60) { return; }
    let v0 = (item / 3) % 2;
    let v1 = select(v0 + 7, v0 + (-1), v0 < 1) * 3;
    b0[(((((item / 6) + (-1)) * 30) + 33) + v1) + (item % 3)] = 0f;
}

// Pad: Float32[1, 4, 8, 8]
@group(0) @binding(0) var<storage, read_write> b0: array<f32>; // Float32
@group(0) @binding(1) var<storage, read_write> b1: array<f32>; // Float32

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
@group(0) @binding(0) var<storage, read_write> b0: array<f32>; // Float32
@group(0) @binding(1) var<storage, read_write> b1: array<f32>; // Float32

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
@group(0) @binding(0) var<storage, read_write> b0: array<f32>; // Float32
@group(0) @binding(1) var<storage, read_write> b1: array<vec4<f32>>; // Float32
@group(0) @binding(2) var<storage, read_write> b2: array<f32>; // Float32

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
        let v16 = b1[n14 * 9];
        let v17 = (((v5 + n14) + (-1)) * 30) + 33;
        let v18 = v17 + v10;
        let v19 = v17 + v11;
        let v20 = v17 + v12;
        let v21 = v17 + v13;
        v1 = v16 * vec4<f32>(b0[v18]) + v1;
        v2 = v16 * vec4<f32>(b0[v19]) + v2;
        v3 = v16 * vec4<f32>(b0[v20]) + v3;
        v4 = v16 * vec4<f32>(b0[v21]) + v4;
        let v22 = b1[(n14 * 9) + 1];
        v1 = v22 * vec4<f32>(b0[v18 + 1]) + v1;
        v2 = v22 * vec4<f32>(b0[v19 + 1]) + v2;
        v3 = v22 * vec4<f32>(b0[v20 + 1]) + v3;
        v4 = v22 * vec4<f32>(b0[v21 + 1]) + v4;
        let v23 = b1[(n14 * 9) + 2];
        v1 = v23 * vec4<f32>(b0[v18 + 2]) + v1;
        v2 = v23 * vec4<f32>(b0[v19 + 2]) + v2;
        v3 = v23 * vec4<f32>(b0[v20 + 2]) + v3;
        v4 = v23 * vec4<f32>(b0[v21 + 2]) + v4;
        let v24 = b1[(n14 * 9) + 3];
        v1 = v24 * vec4<f32>(b0[v18 + 3]) + v1;
        v2 = v24 * vec4<f32>(b0[v19 + 3]) + v2;
        v3 = v24 * vec4<f32>(b0[v20 + 3]) + v3;
        v4 = v24 * vec4<f32>(b0[v21 + 3]) + v4;
        let v25 = b1[(n14 * 9) + 4];
        v1 = v25 * vec4<f32>(b0[v18 + 4]) + v1;
        v2 = v25 * vec4<f32>(b0[v19 + 4]) + v2;
        v3 = v25 * vec4<f32>(b0[v20 + 4]) + v3;
        v4 = v25 * vec4<f32>(b0[v21 + 4]) + v4;
        let v26 = b1[(n14 * 9) + 5];
        v1 = v26 * vec4<f32>(b0[v18 + 5]) + v1;
        v2 = v26 * vec4<f32>(b0[v19 + 5]) + v2;
        v3 = v26 * vec4<f32>(b0[v20 + 5]) + v3;
        v4 = v26 * vec4<f32>(b0[v21 + 5]) + v4;
        let v27 = b1[(n14 * 9) + 6];
        v1 = v27 * vec4<f32>(b0[v18 + 6]) + v1;
        v2 = v27 * vec4<f32>(b0[v19 + 6]) + v2;
        v3 = v27 * vec4<f32>(b0[v20 + 6]) + v3;
        v4 = v27 * vec4<f32>(b0[v21 + 6]) + v4;
        let v28 = b1[(n14 * 9) + 7];
        v1 = v28 * vec4<f32>(b0[v18 + 7]) + v1;
        v2 = v28 * vec4<f32>(b0[v19 + 7]) + v2;
        v3 = v28 * vec4<f32>(b0[v20 + 7]) + v3;
        v4 = v28 * vec4<f32>(b0[v21 + 7]) + v4;
        let v29 = b1[(n14 * 9) + 8];
        v1 = v29 * vec4<f32>(b0[v18 + 8]) + v1;
        v2 = v29 * vec4<f32>(b0[v19 + 8]) + v2;
        v3 = v29 * vec4<f32>(b0[v20 + 8]) + v3;
        v4 = v29 * vec4<f32>(b0[v21 + 8]) + v4;
    }
    let v30 = v1;
    let v31 = v2;
    let v32 = v3;
    let v33 = v4;
    let v34 = v5 * 8;
    let v35 = v34 + v7;
    let v36 = v34 + v8;
    let v37 = v34 + v9;
    let v38 = v34 + (v7 + 3);
    b2[v35] = v30.x;
    b2[v35 + 64] = v30.y;
    b2[v35 + 128] = v30.z;
    b2[v35 + 192] = v30.w;
    b2[v36] = v31.x;
    b2[v36 + 64] = v31.y;
    b2[v36 + 128] = v31.z;
    b2[v36 + 192] = v31.w;
    b2[v37] = v32.x;
    b2[v37 + 64] = v32.y;
    b2[v37 + 128] = v32.z;
    b2[v37 + 192] = v32.w;
    b2[v38] = v33.x;
    b2[v38 + 64] = v33.y;
    b2[v38 + 128] = v33.z;
    b2[v38 + 192] = v33.w;
}
