// Max: Float32[5, 8]
@group(0) @binding(0) var<storage, read_write> b0: array<f32, 40>; // Float32
@group(0) @binding(1) var<storage, read_write> b1: array<f32, 8>; // Float32
@group(0) @binding(2) var<storage, read_write> b2: array<f32, 40>; // Float32

@compute @workgroup_size(16)
fn main(@builtin(workgroup_id) group_id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
    let group = i32(group_id.y * groups.x + group_id.x);
    let item = group * 16 + i32(local);
    if (item >= 40) { return; }
    let t0 = b0[item] + b1[item % 8];
    b2[item] = select(t0, 0f, t0 < 0f);
}
