// Tanh: Float16[3, 6]
@group(0) @binding(0) var<storage, read_write> b0: array<u32>; // Float16
@group(0) @binding(1) var<storage, read_write> b1: array<u32>; // Float16

fn from_f16(h: u32) -> f32 {
    let size = h & 0x7fffu;
    let normal = (size << 13u) + select(0x38000000u, 0x70000000u, size >= 0x7c00u);
    let bits = select(normal, bitcast<u32>(f32(size) * 5.9604644775390625e-8f), size < 0x400u);
    return bitcast<f32>(bits | ((h & 0x8000u) << 16u));
}

fn from_f16x4(h: vec4<u32>) -> vec4<f32> { return vec4<f32>(from_f16(h.x), from_f16(h.y), from_f16(h.z), from_f16(h.w)); }

fn halves(a: u32, b: u32) -> vec4<u32> { return vec4<u32>(a & 0xffffu, a >> 16u, b & 0xffffu, b >> 16u); }

fn to_f16(v: f32) -> u32 {
    let bits = bitcast<u32>(v);
    let size = bits & 0x7fffffffu;
    var h = (size - 0x38000000u + 0xfffu + ((size >> 13u) & 1u)) >> 13u;
    if (size < 0x38800000u) { h = u32(round(bitcast<f32>(size) * 16777216.0f)); }
    if (size >= 0x477ff000u) { h = 0x7c00u; }
    if (size > 0x7f800000u) { h = 0x7e00u; }
    return h | ((bits >> 16u) & 0x8000u);
}

@compute @workgroup_size(16)
fn main(@builtin(workgroup_id) group_id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
    let group = i32(group_id.y * groups.x + group_id.x);
    let item = group * 16 + i32(local);
    if (item >= 1) { return; }
    let v0 = vec4<f32>((-0.006096714176237583f));
    let v1 = vec4<f32>(0.020997179672122f);
    let v2 = vec4<f32>((-0.05385090783238411f));
    let v3 = vec4<f32>(0.1333276927471161f);
    let v4 = vec4<f32>((-0.333333283662796f));
    let v5 = vec4<f32>(20f);
    let v6 = vec4<f32>(2f);
    let v7 = vec4<f32>((-104f));
    let v8 = vec4<f32>(89f);
    let v9 = vec4<f32>(1.4426950216293335f);
    let v10 = vec4<f32>((-0.693359375f));
    let v11 = vec4<f32>(0.00021219444170128554f);
    let v12 = vec4<f32>(0.0013926175888627768f);
    let v13 = vec4<f32>(0.008363173343241215f);
    let v14 = vec4<f32>(0.041666556149721146f);
    let v15 = vec4<f32>(0.16666577756404877f);
    let v16 = vec4<f32>(0.5f);
    let v17 = vec4<f32>(1f);
    let v18 = vec4<i32>(127);
    let v19 = vec4<i32>(23);
    let v20 = vec4<f32>(0.625f);
    let v21 = vec4<u32>(2147483648u);
    for (var n22 = 0; n22 < 16; n22 += 4) {
        let v23 = from_f16x4(halves(b0[(n22 >> 1u)], b0[(n22 >> 1u) + 1]));
        let v24 = abs(v23);
        let v25 = v24 * v24;
        let t26 = select(v24, v5, v5 < v24) * v6;
        let t27 = select(t26, v7, t26 < v7);
        let v28 = select(t27, v8, v8 < t27);
        let v29 = round(v28 * v9);
        let v30 = v29 * v11 + (v29 * v10 + v28);
        let v31 = floor(v29 * v16);
        let v32 = bitcast<vec4<f32>>((vec4<i32>(v31) + v18) << vec4<u32>(23u));
        let v33 = bitcast<vec4<f32>>((vec4<i32>(v29 - v31) + v18) << vec4<u32>(23u));
        let v34 = v6 / ((((((((((v12 * v30 + v13) * v30 + v14) * v30 + v15) * v30 + v16) * (v30 * v30)) + v30) + v17) * v32) * v33) + v17);
        let v35 = bitcast<vec4<u32>>(v23) & v21;
        let v36 = bitcast<vec4<u32>>(select(v17 - v34, ((((((v0 * v25 + v1) * v25 + v2) * v25 + v3) * v25 + v4) * v25) * v24) + v24, v24 < v20)) | v35;
        let t37 = bitcast<vec4<f32>>(v36);
        b1[(n22 >> 1u)] = to_f16(t37.x) | (to_f16(t37.y) << 16u);
        b1[(n22 >> 1u) + 1] = to_f16(t37.z) | (to_f16(t37.w) << 16u);
    }
    let v38 = from_f16x4(halves(b0[7], b0[7 + 1]));
    let v39 = abs(v38);
    let v40 = v39 * v39;
    let t41 = select(v39, v5, v5 < v39) * v6;
    let t42 = select(t41, v7, t41 < v7);
    let v43 = select(t42, v8, v8 < t42);
    let v44 = round(v43 * v9);
    let v45 = v44 * v11 + (v44 * v10 + v43);
    let v46 = floor(v44 * v16);
    let v47 = bitcast<vec4<f32>>((vec4<i32>(v46) + v18) << vec4<u32>(23u));
    let v48 = bitcast<vec4<f32>>((vec4<i32>(v44 - v46) + v18) << vec4<u32>(23u));
    let v49 = v6 / ((((((((((v12 * v45 + v13) * v45 + v14) * v45 + v15) * v45 + v16) * (v45 * v45)) + v45) + v17) * v47) * v48) + v17);
    let v50 = bitcast<vec4<u32>>(v38) & v21;
    let v51 = bitcast<vec4<u32>>(select(v17 - v49, ((((((v0 * v40 + v1) * v40 + v2) * v40 + v3) * v40 + v4) * v40) * v39) + v39, v39 < v20)) | v50;
    let t52 = bitcast<vec4<f32>>(v51);
    b1[7] = to_f16(t52.x) | (to_f16(t52.y) << 16u);
    b1[7 + 1] = to_f16(t52.z) | (to_f16(t52.w) << 16u);
}
