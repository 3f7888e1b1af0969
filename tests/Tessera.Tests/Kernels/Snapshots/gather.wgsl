// Gather: Float32[3, 4]
@group(0) @binding(0) var<storage, read_write> b0: array<vec2<u32>, 3>; // Int64
@group(0) @binding(1) var<storage, read_write> faults: array<i32>; // Int32
@group(0) @binding(2) var<storage, read_write> b2: array<f32, 40>; // Float32
@group(0) @binding(3) var<storage, read_write> b3: array<f32, 12>; // Float32

fn u64_add(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> { let low = a.x + b.x; return vec2<u32>(low, a.y + b.y + u32(low < a.x)); }

fn i64_lt(a: vec2<u32>, b: vec2<u32>) -> bool { return (bitcast<i32>(a.y) < bitcast<i32>(b.y)) || (a.y == b.y && (a.x < b.x)); }

fn i64_le(a: vec2<u32>, b: vec2<u32>) -> bool { return !i64_lt(b, a); }

@compute @workgroup_size(16)
fn main(@builtin(workgroup_id) group_id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
    let group = i32(group_id.y * groups.x + group_id.x);
    let item = group * 16 + i32(local);
    if (item >= 12) { return; }
    let v0 = b0[item / 4];
    let v1 = select(v0, u64_add(v0, vec2<u32>(10u, 0u)), i64_lt(v0, vec2<u32>(0u, 0u)));
    if (i64_le(vec2<u32>(10u, 0u), v1) | i64_lt(v1, vec2<u32>(0u, 0u))) {
        faults[0] = 1;
    }
    b3[item] = b2[(min(max(bitcast<i32>(v1.x), 0), 9) * 4) + (item % 4)];
}
