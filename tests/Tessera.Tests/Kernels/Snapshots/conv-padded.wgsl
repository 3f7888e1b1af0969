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
        let v12 = n11 * 9;
        let v13 = v12 + 27;
        let v14 = v12 + 54;
        let v15 = v12 + 81;
        let v16 = n11 * 64;
        for (var n17 = 0; n17 < 3; n17 += 1) {
            let v18 = (v5 + n17) + (-1);
            let v19 = vec4<bool>((0 <= v18) & (v18 < 8));
            let v20 = n17 * 3;
            let v21 = v12 + v20;
            let v22 = v13 + v20;
            let v23 = v14 + v20;
            let v24 = v15 + v20;
            let v25 = v16 + (v18 * 8);
            let v26 = vec4<i32>(v16 + (min(max(v18, 0), 7) * 8));
            for (var n27 = 0; n27 < 3; n27 += 1) {
                let v28 = v6 + n27;
                let v29 = v28 + (-1);
                let v30 = vec4<i32>(v29, v28, v28 + 1, v28 + 2);
                let v31 = v19 & ((v7 <= v30) & (v30 < v8));
                var v32: vec4<f32> = v0;
                let v33 = v25 + v29;
                let v34 = v26 + (min(max(v30, v7), v9) * v10);
                let v35 = v34.x;
                let v36 = v34.y;
                let v37 = v34.z;
                let v38 = v34.w;
                if ((v31.x & v31.z) & (v31.y & v31.w)) {
                    v32 = vec4<f32>(b1[v33], b1[v33 + 1], b1[v33 + 2], b1[v33 + 3]);
                } else {
                    v32 = select(v0, vec4<f32>(b1[v35], b1[v36], b1[v37], b1[v38]), v31);
                }
                let v39 = v32;
                v1 = vec4<f32>(b0[v21 + n27]) * v39 + v1;
                v2 = vec4<f32>(b0[v22 + n27]) * v39 + v2;
                v3 = vec4<f32>(b0[v23 + n27]) * v39 + v3;
                v4 = vec4<f32>(b0[v24 + n27]) * v39 + v4;
            }
        }
    }
    let v40 = v5 * 8;
    b2[(v5 * 2) + (v6 >> 2u)] = v1;
    b2[((v5 * 2) + 16) + (v6 >> 2u)] = v2;
    b2[((v5 * 2) + 32) + (v6 >> 2u)] = v3;
    b2[((v5 * 2) + 48) + (v6 >> 2u)] = v4;
}
