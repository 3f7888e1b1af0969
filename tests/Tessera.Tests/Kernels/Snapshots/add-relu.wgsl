// Max: Float32[5, 8]
@group(0) @binding(0) var<storage, read_write> b0: array<vec4<f32>>; // Float32
@group(0) @binding(1) var<storage, read_write> b1: array<vec4<f32>>; // Float32
@group(0) @binding(2) var<storage, read_write> b2: array<vec4<f32>>; // Float32

@compute @workgroup_size(16)
fn main(@builtin(workgroup_id) group_id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
    let group = i32(group_id.y * groups.x + group_id.x);
    let item = group * 16 + i32(local);
    if (item >= 5) { return; }
    let v0 = item * 8;
    let v1 = vec4<f32>(0f);
    for (var n2 = 0; n2 < 8; n2 += 4) {
        let v3 = v0 + n2;
        let t4 = b0[(item * 2) + (n2 >> 2u)] + b1[n2 >> 2u];
        b2[(item * 2) + (n2 >> 2u)] = select(t4, v1, t4 < v1);
    }
}
