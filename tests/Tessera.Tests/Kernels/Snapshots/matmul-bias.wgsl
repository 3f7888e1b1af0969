// MatMul: Float32[6, 12]
@group(0) @binding(0) var<storage, read_write> b0: array<f32>; // Float32
@group(0) @binding(1) var<storage, read_write> b1: array<vec4<f32>>; // Float32
@group(0) @binding(2) var<storage, read_write> b2: array<vec4<f32>>; // Float32
@group(0) @binding(3) var<storage, read_write> b3: array<vec4<f32>>; // Float32

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
    let v8 = v7 + 1;
    let v9 = v7 + 2;
    let v10 = item * 48;
    let v11 = v8 * 16;
    let v12 = v9 * 16;
    for (var n13 = 0; n13 < 16; n13 += 1) {
        let v14 = n13 * 12;
        let v15 = b1[n13 * 3];
        let v16 = b1[(n13 * 3) + 1];
        let v17 = vec4<f32>(b0[v10 + n13]);
        let v18 = vec4<f32>(b0[v11 + n13]);
        let v19 = vec4<f32>(b0[v12 + n13]);
        v1 = v17 * v15 + v1;
        v2 = v17 * v16 + v2;
        v3 = v18 * v15 + v3;
        v4 = v18 * v16 + v4;
        v5 = v19 * v15 + v5;
        v6 = v19 * v16 + v6;
    }
    let v20 = b2[0];
    let v21 = b2[1];
    let v22 = item * 36;
    let v23 = v8 * 12;
    let v24 = v9 * 12;
    b3[item * 9] = v1 + v20;
    b3[(item * 9) + 1] = v2 + v21;
    b3[v8 * 3] = v3 + v20;
    b3[(v8 * 3) + 1] = v4 + v21;
    b3[v9 * 3] = v5 + v20;
    b3[(v9 * 3) + 1] = v6 + v21;
}

// MatMul: Float32[6, 12]
@group(0) @binding(0) var<storage, read_write> b0: array<f32>; // Float32
@group(0) @binding(1) var<storage, read_write> b1: array<vec4<f32>>; // Float32
@group(0) @binding(2) var<storage, read_write> b2: array<vec4<f32>>; // Float32
@group(0) @binding(3) var<storage, read_write> b3: array<vec4<f32>>; // Float32

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
    let v5 = v4 + 1;
    let v6 = v4 + 2;
    let v7 = item * 48;
    let v8 = v5 * 16;
    let v9 = v6 * 16;
    for (var n10 = 0; n10 < 16; n10 += 1) {
        let v11 = b1[(n10 * 3) + 2];
        v1 = vec4<f32>(b0[v7 + n10]) * v11 + v1;
        v2 = vec4<f32>(b0[v8 + n10]) * v11 + v2;
        v3 = vec4<f32>(b0[v9 + n10]) * v11 + v3;
    }
    let v12 = b2[2];
    b3[(item * 9) + 2] = v1 + v12;
    b3[(v5 * 3) + 2] = v2 + v12;
    b3[(v6 * 3) + 2] = v3 + v12;
}
