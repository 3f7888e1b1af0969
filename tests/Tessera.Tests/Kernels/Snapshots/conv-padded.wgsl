// Conv: Float32[1, 4, 8, 8]
@group(0) @binding(0) var<storage, read_write> b0: array<f32>; // Float32
@group(0) @binding(1) var<storage, read_write> b1: array<f32>; // Float32
@group(0) @binding(2) var<storage, read_write> b2: array<vec4<f32>>; // Float32

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group_id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
    let group = i32(group_id.y * groups.x + group_id.x);
    let item = group * 64 + i32(local);
    if (item >= 16) { return; }
    let v0 = vec4<f32>(0f);
    var v1: vec4<f32> = v0;
    var v2: vec4<f32> = v0;
    var v3: vec4<f32> = v0;
    var v4: vec4<f32> = v0;
    let v5 = item / 2;
    let v6 = (item % 2) * 4;
    let v7 = vec4<i32>(0);
    let v8 = vec4<i32>(8);
    let v9 = vec4<i32>(7);
    let v10 = vec4<i32>(1);
    for (var n11 = 0; n11 < 3; n11 += 1) {
        let v12 = (v5 + n11) + (-1);
        let v13 = vec4<bool>((0 <= v12) & (v12 < 8));
        let v14 = n11 * 3;
        let v15 = v12 * 8;
        let v16 = min(max(v12, 0), 7) * 8;
        for (var n17 = 0; n17 < 3; n17 += 1) {
            let v18 = v6 + n17;
            let v19 = v18 + (-1);
            let v20 = vec4<i32>(v19, v18, v18 + 1, v18 + 2);
            let v21 = v13 & ((v7 <= v20) & (v20 < v8));
            let v22 = (v21.x & v21.z) & (v21.y & v21.w);
            let v23 = min(max(v20, v7), v9) * v10;
            for (var n24 = 0; n24 < 3; n24 += 1) {
                let v25 = n24 * 9;
                var v26: vec4<f32> = v0;
                let v27 = n24 * 64;
                let v28 = (v27 + v15) + v19;
                let v29 = vec4<i32>(v27 + v16) + v23;
                let v30 = v29.x;
                let v31 = v29.y;
                let v32 = v29.z;
                let v33 = v29.w;
                if (v22) {
                    v26 = vec4<f32>(b0[v28], b0[v28 + 1], b0[v28 + 2], b0[v28 + 3]);
                } else {
                    v26 = select(v0, vec4<f32>(b0[v30], b0[v31], b0[v32], b0[v33]), v21);
                }
                let v34 = v26;
                v1 = vec4<f32>(b1[(v25 + v14) + n17]) * v34 + v1;
                v2 = vec4<f32>(b1[((v25 + 27) + v14) + n17]) * v34 + v2;
                v3 = vec4<f32>(b1[((v25 + 54) + v14) + n17]) * v34 + v3;
                v4 = vec4<f32>(b1[((v25 + 81) + v14) + n17]) * v34 + v4;
            }
        }
    }
    let v35 = v5 * 8;
    b2[(v5 * 2) + (v6 >> 2u)] = v1;
    b2[((v5 * 2) + 16) + (v6 >> 2u)] = v2;
    b2[((v5 * 2) + 32) + (v6 >> 2u)] = v3;
    b2[((v5 * 2) + 48) + (v6 >> 2u)] = v4;
}
