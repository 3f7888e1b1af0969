// Mul: Float32[4, 6]
@group(0) @binding(0) var<storage, read_write> b0: array<u32, 3>; // Int4
@group(0) @binding(1) var<storage, read_write> b1: array<f32, 4>; // Float32
@group(0) @binding(2) var<storage, read_write> b2: array<f32, 24>; // Float32

@compute @workgroup_size(16)
fn main(@builtin(workgroup_id) group_id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
    let group = i32(group_id.y * groups.x + group_id.x);
    let item = group * 16 + i32(local);
    if (item >= 24) { return; }
    b2[item] = f32(extractBits(bitcast<i32>(b0[item >> 3u]), (u32(item & 7) * 4u), 4u)) * b1[item / 6];
}
