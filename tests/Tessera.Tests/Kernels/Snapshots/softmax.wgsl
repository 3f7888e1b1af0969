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
    let v28 = vec4<i32>(127);
    let v29 = vec4<i32>(23);
    for (var n30 = 0; n30 < 8; n30 += 4) {
        let v31 = v2 + n30;
        let t32 = vec4<f32>(b1[v31], b1[v31 + 1], b1[v31 + 2], b1[v31 + 3]) - v16;
        let t33 = select(t32, v17, t32 < v17);
        let v34 = select(t33, v18, v18 < t33);
        let v35 = round(v34 * v19);
        let v36 = v35 * v21 + (v35 * v20 + v34);
        let v37 = floor(v35 * v26);
        let v38 = bitcast<vec4<f32>>((vec4<i32>(v37) + v28) << vec4<u32>(23u));
        let v39 = bitcast<vec4<f32>>((vec4<i32>(v35 - v37) + v28) << vec4<u32>(23u));
        let v40 = ((((((((v22 * v36 + v23) * v36 + v24) * v36 + v25) * v36 + v26) * (v36 * v36)) + v36) + v27) * v38) * v39;
        b0[v31] = v40.x;
        b0[v31 + 1] = v40.y;
        b0[v31 + 2] = v40.z;
        b0[v31 + 3] = v40.w;
        v14 = v14 + v40;
    }
    let t41 = v9 - v13;
    let t42 = select(t41, (-104f), t41 < (-104f));
    let v43 = select(t42, 89f, 89f < t42);
    let v44 = round(v43 * 1.4426950216293335f);
    let v45 = v44 * 0.00021219444170128554f + (v44 * (-0.693359375f) + v43);
    let v46 = floor(v44 * 0.5f);
    let v47 = bitcast<f32>((i32(v46) + 127) << 23u);
    let v48 = bitcast<f32>((i32(v44 - v46) + 127) << 23u);
    let v49 = ((((((((0.0013926175888627768f * v45 + 0.008363173343241215f) * v45 + 0.041666556149721146f) * v45 + 0.16666577756404877f) * v45 + 0.5f) * (v45 * v45)) + v45) + 1f) * v47) * v48;
    b0[v8] = v49;
    v15 = v15 + v49;
    let t50 = v11 - v13;
    let t51 = select(t50, (-104f), t50 < (-104f));
    let v52 = select(t51, 89f, 89f < t51);
    let v53 = round(v52 * 1.4426950216293335f);
    let v54 = v53 * 0.00021219444170128554f + (v53 * (-0.693359375f) + v52);
    let v55 = floor(v53 * 0.5f);
    let v56 = bitcast<f32>((i32(v55) + 127) << 23u);
    let v57 = bitcast<f32>((i32(v53 - v55) + 127) << 23u);
    let v58 = ((((((((0.0013926175888627768f * v54 + 0.008363173343241215f) * v54 + 0.041666556149721146f) * v54 + 0.16666577756404877f) * v54 + 0.5f) * (v54 * v54)) + v54) + 1f) * v56) * v57;
    b0[v10] = v58;
    v15 = v15 + v58;
    let v59 = v14;
    let v60 = 1f / (((v59.x + v59.z) + (v59.y + v59.w)) + v15);
    let v61 = vec4<f32>(v60);
    for (var n62 = 0; n62 < 8; n62 += 4) {
        let v63 = v2 + n62;
        let v64 = vec4<f32>(b0[v63], b0[v63 + 1], b0[v63 + 2], b0[v63 + 3]);
        let t65 = v64 * v61;
        b0[v63] = t65.x;
        b0[v63 + 1] = t65.y;
        b0[v63 + 2] = t65.z;
        b0[v63 + 3] = t65.w;
    }
    let v66 = b0[v8];
    b0[v8] = v66 * v60;
    let v67 = b0[v10];
    b0[v10] = v67 * v60;
}
