// And: Bool[9]
@group(0) @binding(0) var<storage, read_write> b0: array<f32>; // Float32
@group(0) @binding(1) var<storage, read_write> b1: array<f32>; // Float32
@group(0) @binding(2) var<storage, read_write> b2: array<f32>; // Float32
@group(0) @binding(3) var<storage, read_write> b3: array<atomic<u32>>; // Bool

fn is_number4(x: vec4<f32>) -> vec4<bool> { return (bitcast<vec4<u32>>(x) & vec4<u32>(0x7fffffffu)) <= vec4<u32>(0x7f800000u); }

fn packed_bytes(v: vec4<u32>) -> u32 { let w = (v & vec4<u32>(255u)) << vec4<u32>(0u, 8u, 16u, 24u); return w.x | w.y | w.z | w.w; }

@compute @workgroup_size(16)
fn main(@builtin(workgroup_id) group_id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
    let group = i32(group_id.y * groups.x + group_id.x);
    let item = group * 16 + i32(local);
    if (item >= 1) { return; }
    for (var n0 = 0; n0 < 8; n0 += 4) {
        let v1 = vec4<f32>(b2[n0], b2[n0 + 1], b2[n0 + 2], b2[n0 + 3]);
        let t2 = (vec4<f32>(b0[n0], b0[n0 + 1], b0[n0 + 2], b0[n0 + 3]) < vec4<f32>(b1[n0], b1[n0 + 1], b1[n0 + 2], b1[n0 + 3])) & (!(!is_number4(v1)));
        atomicStore(&b3[(n0 >> 2u)], packed_bytes(vec4<u32>(t2)));
    }
    let v3 = vec4<f32>(b2[5], b2[5 + 1], b2[5 + 2], b2[5 + 3]);
    let t4 = (vec4<f32>(b0[5], b0[5 + 1], b0[5 + 2], b0[5 + 3]) < vec4<f32>(b1[5], b1[5 + 1], b1[5 + 2], b1[5 + 3])) & (!(!is_number4(v3)));
    atomicAnd(&b3[5 >> 2u], ~(255u << (u32(5 & 3) * 8u)));
    atomicOr(&b3[5 >> 2u], (u32(t4.x) & 255u) << (u32(5 & 3) * 8u));
    atomicAnd(&b3[(5 + 1) >> 2u], ~(255u << (u32((5 + 1) & 3) * 8u)));
    atomicOr(&b3[(5 + 1) >> 2u], (u32(t4.y) & 255u) << (u32((5 + 1) & 3) * 8u));
    atomicAnd(&b3[(5 + 2) >> 2u], ~(255u << (u32((5 + 2) & 3) * 8u)));
    atomicOr(&b3[(5 + 2) >> 2u], (u32(t4.z) & 255u) << (u32((5 + 2) & 3) * 8u));
    atomicAnd(&b3[(5 + 3) >> 2u], ~(255u << (u32((5 + 3) & 3) * 8u)));
    atomicOr(&b3[(5 + 3) >> 2u], (u32(t4.w) & 255u) << (u32((5 + 3) & 3) * 8u));
}
