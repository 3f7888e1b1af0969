// Where: Float32[4, 8]
@group(0) @binding(0) var<storage, read_write> b0: array<u32, 8>; // Bool
@group(0) @binding(1) var<storage, read_write> b1: array<vec4<f32>, 8>; // Float32
@group(0) @binding(2) var<storage, read_write> b2: array<vec4<f32>, 8>; // Float32

fn real(bits: u32) -> f32 { return bitcast<f32>(bits); }

fn bytes(w: u32) -> vec4<u32> { return (vec4<u32>(w) >> vec4<u32>(0u, 8u, 16u, 24u)) & vec4<u32>(255u); }

@compute @workgroup_size(16)
fn main(@builtin(workgroup_id) group_id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
    let group = i32(group_id.y * groups.x + group_id.x);
    let item = group * 16 + i32(local);
    if (item >= 8) { return; }
    let v0 = item * 4;
    b2[item] = select(vec4<f32>(real(0xff800000u)), b1[item], bytes(b0[item]) != vec4<u32>());
}
