// Cast: UInt8[3, 8]
@group(0) @binding(0) var<storage, read_write> b0: array<vec4<f32>, 6>; // Float32
@group(0) @binding(1) var<storage, read_write> b1: array<u32, 6>; // UInt8

fn packed_bytes(v: vec4<u32>) -> u32 { let w = (v & vec4<u32>(255u)) << vec4<u32>(0u, 8u, 16u, 24u); return w.x | w.y | w.z | w.w; }

@compute @workgroup_size(16)
fn main(@builtin(workgroup_id) group_id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
    let group = i32(group_id.y * groups.x + group_id.x);
    let item = group * 16 + i32(local);
    if (item >= 6) { return; }
    let v0 = item * 4;
    let v1 = vec4<f32>(0f);
    let t2 = round(b0[item] / vec4<f32>(0.05000000074505806f)) + vec4<f32>(128f);
    let t3 = select(t2, vec4<f32>(255f), vec4<f32>(255f) < t2);
    let v4 = select(t3, v1, t3 < v1);
    let v5 = trunc(v4);
    let v6 = vec4<f32>(256f);
    let v7 = (v1 < v5) & (v5 < v6);
    let t8 = select(select(vec4<u32>(0u), vec4<u32>(255u), v6 <= v5), vec4<u32>(select(v1, v5, v7)), v7);
    b1[item] = packed_bytes(t8);
}
