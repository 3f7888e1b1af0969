// MatMul: Float32[6, 12]
@group(0) @binding(0) var<storage, read_write> b0: array<f32, 96>; // Float32
@group(0) @binding(1) var<storage, read_write> b1: array<vec4<f32>, 48>; // Float32
@group(0) @binding(2) var<storage, read_write> b2: array<vec4<f32>, 3>; // Float32
@group(0) @binding(3) var<storage, read_write> b3: array<vec4<f32>, 18>; // Float32

@compute @workgroup_size(16)
fn main(@builtin(workgroup_id) group_id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
    let group = i32(group_id.y * groups.x + group_id.x);
    let item = group * 16 + i32(local);
    if (item >= 2) { return; }
    let v0 = vec4<f32>(0f);
    var v1: vec4<f32> = v0;
    var v2: vec4<f32> = v0;
    var v3: vec4<f32> = v0;
    var v4: vec4<f32> = v0;
    var v5: vec4<f32> = v0;
    var v6: vec4<f32> = v0;
    let v7 = item * 3;
    let v8 = item * 48;
    let v9 = (v7 + 1) * 16;
    let v10 = (v7 + 2) * 16;
    for (var n11 = 0; n11 < 16; n11 += 1) {
        let v12 = n11 * 12;
        let v13 = b1[n11 * 3];
        let v14 = b1[(n11 * 3) + 1];
        let v15 = vec4<f32>(b0[v8 + n11]);
        let v16 = vec4<f32>(b0[v9 + n11]);
        let v17 = vec4<f32>(b0[v10 + n11]);
        v1 = v15 * v13 + v1;
        v2 = v15 * v14 + v2;
        v3 = v16 * v13 + v3;
        v4 = v16 * v14 + v4;
        v5 = v17 * v13 + v5;
        v6 = v17 * v14 + v6;
    }
    var v18: vec4<f32> = v1;
    var v19: vec4<f32> = v2;
    var v20: vec4<f32> = v3;
    var v21: vec4<f32> = v4;
    var v22: vec4<f32> = v5;
    var v23: vec4<f32> = v6;
    for (var n24 = 0; n24 < 6; n24 += 1) {
        let v25 = (n24 % 2) * 4;
        b3[((v7 + (n24 / 2)) * 3) + (v25 >> 2u)] = v18 + b2[v25 >> 2u];
        v18 = v19;
        v19 = v20;
        v20 = v21;
        v21 = v22;
        v22 = v23;
    }
}

// MatMul: Float32[6, 12]
@group(0) @binding(0) var<storage, read_write> b0: array<f32, 96>; // Float32
@group(0) @binding(1) var<storage, read_write> b1: array<vec4<f32>, 48>; // Float32
@group(0) @binding(2) var<storage, read_write> b2: array<vec4<f32>, 3>; // Float32
@group(0) @binding(3) var<storage, read_write> b3: array<vec4<f32>, 18>; // Float32

@compute @workgroup_size(16)
fn main(@builtin(workgroup_id) group_id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
    let group = i32(group_id.y * groups.x + group_id.x);
    let item = group * 16 + i32(local);
    if (item >= 2) { return; }
    let v0 = vec4<f32>(0f);
    var v1: vec4<f32> = v0;
    var v2: vec4<f32> = v0;
    var v3: vec4<f32> = v0;
    let v4 = item * 3;
    let v5 = item * 48;
    let v6 = (v4 + 1) * 16;
    let v7 = (v4 + 2) * 16;
    for (var n8 = 0; n8 < 16; n8 += 1) {
        let v9 = b1[(n8 * 3) + 2];
        v1 = vec4<f32>(b0[v5 + n8]) * v9 + v1;
        v2 = vec4<f32>(b0[v6 + n8]) * v9 + v2;
        v3 = vec4<f32>(b0[v7 + n8]) * v9 + v3;
    }
    var v10: vec4<f32> = v1;
    var v11: vec4<f32> = v2;
    var v12: vec4<f32> = v3;
    let v13 = b2[2];
    for (var n14 = 0; n14 < 3; n14 += 1) {
        b3[((v4 + n14) * 3) + 2] = v10 + v13;
        v10 = v11;
        v11 = v12;
    }
}
