// Cast: UInt8[3, 8]
@group(0) @binding(0) var<storage, read_write> b0: array<vec4<f32>>; // Float32
@group(0) @binding(1) var<storage, read_write> b1: array<u32>; // UInt8

fn packed_bytes(v: vec4<u32>) -> u32 { let w = (v & vec4<u32>(255u)) << vec4<u32>(0u, 8u, 16u, 24u); return w.x | w.y | w.z | w.w; }

@compute @workgroup_size(16)
fn main(@builtin(workgroup_id) group_id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
    let group = i32(group_id.y * groups.x + group_id.x);
    let item = group * 16 + i32(local);
    if (item >= 1) { return; }
    let v0 = vec4<f32>(0.05000000074505806f);
    let v1 = vec4<f32>(128f);
    let v2 = vec4<f32>(255f);
    let v3 = vec4<f32>(0f);
    let v4 = vec4<f32>(256f);
    let v5 = vec4<u32>(0u);
    let v6 = vec4<u32>(255u);
    for (var n7 = 0; n7 < 24; n7 += 4) {
        let t8 = round(b0[n7 >> 2u] / v0) + v1;
        let t9 = select(t8, v2, v2 < t8);
        let v10 = trunc(select(t9, v3, t9 < v3));
        let v11 = (v3 < v10) & (v10 < v4);
        let t12 = select(select(v5, v6, v4 <= v10), vec4<u32>(select(v3, v10, v11)), v11);
        b1[(n7 >> 2u)] = packed_bytes(t12);
    }
}
