// Softmax: Float32[4, 10]
@group(0) @binding(0) var<storage, read_write> b0: array<f32, 40>; // Float32
@group(0) @binding(1) var<storage, read_write> b1: array<f32, 40>; // Float32

fn real(bits: u32) -> f32 { return bitcast<f32>(bits); }

fn is_number4(x: vec4<f32>) -> vec4<bool> { return (bitcast<vec4<u32>>(x) & vec4<u32>(0x7fffffffu)) <= vec4<u32>(0x7f800000u); }

fn max_nan4(a: vec4<f32>, b: vec4<f32>) -> vec4<f32> { return select(b, a, (b < a) | !is_number4(a)); }

fn is_number(x: f32) -> bool { return (bitcast<u32>(x) & 0x7fffffffu) <= 0x7f800000u; }

fn max_nan(a: f32, b: f32) -> f32 { return select(b, a, (b < a) || !is_number(a)); }

@compute @workgroup_size(16)
fn main(@builtin(workgroup_id) group_id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
    let group = i32(group_id.y * groups.x + group_id.x);
    let item = group * 16 + i32(local);
    if (item >= 4) { return; }
    var v0: vec4<f32> = vec4<f32>(real(0xff800000u));
    var v1: f32 = real(0xff800000u);
    let v2 = item * 10;
    for (var n3 = 0; n3 < 8; n3 += 4) {
        let t4 = v2 + n3;
        let t5 = v2 + n3;
        let t6 = v2 + n3;
        let t7 = v2 + n3;
        v0 = max_nan4(v0, vec4<f32>(b1[t4], b1[t5 + 1], b1[t6 + 2], b1[t7 + 3]));
    }
    let v8 = v2 + 8;
    let v9 = b1[v8];
    v1 = max_nan(v1, v9);
    let v10 = v2 + 9;
    let v11 = b1[v10];
    v1 = max_nan(v1, v11);
    let v12 = v0;
    let v13 = max_nan(max_nan(max_nan(v12.x, v12.z), max_nan(v12.y, v12.w)), v1);
    var v14: vec4<f32> = vec4<f32>(0f);
    var v15: f32 = 0f;
    let v16 = vec4<f32>(v13);
    let v17 = vec4<f32>((-104f));
    let v18 = vec4<f32>(89f);
    let v19 = vec4<f32>(1.4426950216293335f);
    let v20 = vec4<f32>((-0.693359375f));
    let v21 = vec4<f32>(0.00021219444170128554f);
    let v22 = vec4<f32>(0.0013926175888627768f);
    let v23 = vec4<f32>(0.008363173343241215f);
    let v24 = vec4<f32>(0.041666556149721146f);
    let v25 = vec4<f32>(0.16666577756404877f);
    let v26 = vec4<f32>(0.5f);
    let v27 = vec4<f32>(1f);
    let v28 = vec4<i32>(1);
    let v29 = vec4<i32>(127);
    let v30 = vec4<i32>(23);
    for (var n31 = 0; n31 < 8; n31 += 4) {
        let v32 = v2 + n31;
        let t33 = vec4<f32>(b1[v32], b1[v32 + 1], b1[v32 + 2], b1[v32 + 3]) - v16;
        let t34 = select(t33, v17, t33 < v17);
        let v35 = select(t34, v18, v18 < t34);
        let v36 = round(v35 * v19);
        let v37 = vec4<i32>(v36);
        let v38 = v36 * v21 + (v36 * v20 + v35);
        let v39 = v37 >> vec4<u32>(1u);
        let v40 = (((((((v22 * v38 + v23) * v38 + v24) * v38 + v25) * v38 + v26) * (v38 * v38)) + v38) + v27) * bitcast<vec4<f32>>((v39 + v29) << vec4<u32>(23u));
        let v41 = v40 * bitcast<vec4<f32>>(((v37 - v39) + v29) << vec4<u32>(23u));
        b0[v32] = v41.x;
        b0[v32 + 1] = v41.y;
        b0[v32 + 2] = v41.z;
        b0[v32 + 3] = v41.w;
        v14 = v14 + v41;
    }
    let t42 = v9 - v13;
    let t43 = select(t42, (-104f), t42 < (-104f));
    let v44 = select(t43, 89f, 89f < t43);
    let v45 = round(v44 * 1.4426950216293335f);
    let v46 = i32(v45);
    let v47 = v45 * 0.00021219444170128554f + (v45 * (-0.693359375f) + v44);
    let v48 = v46 >> 1u;
    let v49 = (((((((0.0013926175888627768f * v47 + 0.008363173343241215f) * v47 + 0.041666556149721146f) * v47 + 0.16666577756404877f) * v47 + 0.5f) * (v47 * v47)) + v47) + 1f) * bitcast<f32>((v48 + 127) << 23u);
    let v50 = v49 * bitcast<f32>(((v46 - v48) + 127) << 23u);
    b0[v8] = v50;
    v15 = v15 + v50;
    let t51 = v11 - v13;
    let t52 = select(t51, (-104f), t51 < (-104f));
    let v53 = select(t52, 89f, 89f < t52);
    let v54 = round(v53 * 1.4426950216293335f);
    let v55 = i32(v54);
    let v56 = v54 * 0.00021219444170128554f + (v54 * (-0.693359375f) + v53);
    let v57 = v55 >> 1u;
    let v58 = (((((((0.0013926175888627768f * v56 + 0.008363173343241215f) * v56 + 0.041666556149721146f) * v56 + 0.16666577756404877f) * v56 + 0.5f) * (v56 * v56)) + v56) + 1f) * bitcast<f32>((v57 + 127) << 23u);
    let v59 = v58 * bitcast<f32>(((v55 - v57) + 127) << 23u);
    b0[v10] = v59;
    v15 = v15 + v59;
    let v60 = v14;
    let v61 = 1f / (((v60.x + v60.z) + (v60.y + v60.w)) + v15);
    let v62 = vec4<f32>(v61);
    for (var n63 = 0; n63 < 8; n63 += 4) {
        let v64 = v2 + n63;
        let v65 = vec4<f32>(b0[v64], b0[v64 + 1], b0[v64 + 2], b0[v64 + 3]);
        let t66 = v65 * v62;
        b0[v64] = t66.x;
        b0[v64 + 1] = t66.y;
        b0[v64 + 2] = t66.z;
        b0[v64 + 3] = t66.w;
    }
    let v67 = b0[v8];
    b0[v8] = v67 * v61;
    let v68 = b0[v10];
    b0[v10] = v68 * v61;
}
