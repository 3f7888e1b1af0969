// Tanh: Float16[3, 6]
@group(0) @binding(0) var<storage, read_write> b0: array<u32, 9>; // Float16
@group(0) @binding(1) var<storage, read_write> b1: array<u32, 9>; // Float16

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
    if (item >= 5) { return; }
    let v0 = min(item * 4, 14);
    let v1 = from_f16x4(halves(b0[(v0 >> 1u)], b0[(v0 >> 1u) + 1]));
    let v2 = abs(v1);
    let v3 = v2 * v2;
    let v4 = vec4<f32>((-0.333333283662796f));
    let v5 = (((vec4<f32>((-0.006096714176237583f)) * v3 + vec4<f32>(0.020997179672122f)) * v3 + vec4<f32>((-0.05385090783238411f))) * v3 + vec4<f32>(0.1333276927471161f)) * v3 + v4;
    let v6 = vec4<f32>(2f);
    let t7 = select(v2, vec4<f32>(20f), vec4<f32>(20f) < v2) * v6;
    let t8 = select(t7, vec4<f32>((-104f)), t7 < vec4<f32>((-104f)));
    let v9 = select(t8, vec4<f32>(89f), vec4<f32>(89f) < t8);
    let v10 = round(v9 * vec4<f32>(1.4426950216293335f));
    let v11 = vec4<i32>(v10);
    let v12 = v10 * vec4<f32>(0.00021219444170128554f) + (v10 * vec4<f32>((-0.693359375f)) + v9);
    let v13 = vec4<f32>(0.5f);
    let v14 = (((vec4<f32>(0.0013926175888627768f) * v12 + vec4<f32>(0.008363173343241215f)) * v12 + vec4<f32>(0.041666556149721146f)) * v12 + vec4<f32>(0.16666577756404877f)) * v12 + v13;
    let v15 = vec4<f32>(1f);
    let v16 = v11 >> vec4<u32>(1u);
    let v17 = vec4<i32>(127);
    let v18 = vec4<i32>(23);
    let v19 = bitcast<vec4<f32>>(((v11 - v16) + v17) << vec4<u32>(23u));
    let v20 = v15 - (v6 / ((((((v14 * (v12 * v12)) + v12) + v15) * bitcast<vec4<f32>>((v16 + v17) << vec4<u32>(23u))) * v19) + v15));
    let v21 = bitcast<vec4<u32>>(v1) & vec4<u32>(2147483648u);
    let t22 = bitcast<vec4<f32>>(bitcast<vec4<u32>>(select(v20, ((v5 * v3) * v2) + v2, v2 < vec4<f32>(0.625f))) | v21);
    b1[(v0 >> 1u)] = to_f16(t22.x) | (to_f16(t22.y) << 16u);
    b1[(v0 >> 1u) + 1] = to_f16(t22.z) | (to_f16(t22.w) << 16u);
}
