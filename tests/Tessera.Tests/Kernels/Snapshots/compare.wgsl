// And: Bool[9]
@group(0) @binding(0) var<storage, read_write> b0: array<f32, 9>; // Float32
@group(0) @binding(1) var<storage, read_write> b1: array<f32, 9>; // Float32
@group(0) @binding(2) var<storage, read_write> b2: array<f32, 9>; // Float32
@group(0) @binding(3) var<storage, read_write> b3: array<atomic<u32>, 3>; // Bool

fn is_number4(x: vec4<f32>) -> vec4<bool> { return (bitcast<vec4<u32>>(x) & vec4<u32>(0x7fffffffu)) <= vec4<u32>(0x7f800000u); }

@compute @workgroup_size(16)
fn main(@builtin(workgroup_id) group_id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
    let group = i32(group_id.y * groups.x + group_id.x);
    let item = group * 16 + i32(local);
    if (item >= 3) { return; }
    let v0 = min(item * 4, 5);
    let v1 = vec4<f32>(b2[v0], b2[v0 + 1], b2[v0 + 2], b2[v0 + 3]);
    let t2 = (vec4<f32>(b0[v0], b0[v0 + 1], b0[v0 + 2], b0[v0 + 3]) < vec4<f32>(b1[v0], b1[v0 + 1], b1[v0 + 2], b1[v0 + 3])) & (!(!is_number4(v1)));
    atomicAnd(&b3[v0 >> 2u], ~(255u << (u32(v0 & 3) * 8u)));
    atomicOr(&b3[v0 >> 2u], (u32(t2.x) & 255u) << (u32(v0 & 3) * 8u));
    atomicAnd(&b3[(v0 + 1) >> 2u], ~(255u << (u32((v0 + 1) & 3) * 8u)));
    atomicOr(&b3[(v0 + 1) >> 2u], (u32(t2.y) & 255u) << (u32((v0 + 1) & 3) * 8u));
    atomicAnd(&b3[(v0 + 2) >> 2u], ~(255u << (u32((v0 + 2) & 3) * 8u)));
    atomicOr(&b3[(v0 + 2) >> 2u], (u32(t2.z) & 255u) << (u32((v0 + 2) & 3) * 8u));
    atomicAnd(&b3[(v0 + 3) >> 2u], ~(255u << (u32((v0 + 3) & 3) * 8u)));
    atomicOr(&b3[(v0 + 3) >> 2u], (u32(t2.w) & 255u) << (u32((v0 + 3) & 3) * 8u));
}
