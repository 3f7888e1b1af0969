// Cast: Float32[6]
@group(0) @binding(0) var<storage, read_write> b0: array<vec2<u32>, 6>; // Int64
@group(0) @binding(1) var<storage, read_write> b1: array<vec2<u32>, 6>; // Int64
@group(0) @binding(2) var<storage, read_write> b2: array<f32, 6>; // Float32

fn u64_shr(a: vec2<u32>, count: u32) -> vec2<u32> {
    let n = count & 31u;
    let high = a.y >> n;
    return select(vec2<u32>((a.x >> n) | ((a.y << 1u) << (31u - n)), high), vec2<u32>(high, 0u), (count & 32u) != 0u);
}

fn u64_shl(a: vec2<u32>, count: u32) -> vec2<u32> {
    let n = count & 31u;
    let low = a.x << n;
    return select(vec2<u32>(low, (a.y << n) | ((a.x >> 1u) >> (31u - n))), vec2<u32>(0u, low), (count & 32u) != 0u);
}

fn u64_lt(a: vec2<u32>, b: vec2<u32>) -> bool { return (a.y < b.y) || (a.y == b.y && (a.x < b.x)); }

fn u64_sub(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> { return vec2<u32>(a.x - b.x, a.y - b.y - u32(a.x < b.x)); }

fn u64_divided(a: vec2<u32>, b: vec2<u32>) -> vec4<u32> {
    if (a.y == 0u && b.y == 0u) { return vec4<u32>(a.x / b.x, 0u, a.x % b.x, 0u); }
    var q = vec2<u32>();
    var r = vec2<u32>();
    for (var bit = 63u; bit < 64u; bit -= 1u) {
        r = vec2<u32>((r.x << 1u) | (u64_shr(a, bit).x & 1u), (r.y << 1u) | (r.x >> 31u));
        if (!u64_lt(r, b)) {
            r = u64_sub(r, b);
            q |= u64_shl(vec2<u32>(1u, 0u), bit);
        }
    }
    return vec4<u32>(q, r);
}

fn u64_rem(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> { return u64_divided(a, b).zw; }

fn u64_neg(a: vec2<u32>) -> vec2<u32> { return vec2<u32>(0u - a.x, ~a.y + u32(a.x == 0u)); }

fn i64_abs(a: vec2<u32>) -> vec2<u32> { return select(a, u64_neg(a), bitcast<i32>(a.y) < 0); }

fn i64_rem(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> { let r = u64_rem(i64_abs(a), i64_abs(b)); return select(r, u64_neg(r), (a.y >> 31u) != 0u); }

fn i64_lt(a: vec2<u32>, b: vec2<u32>) -> bool { return (bitcast<i32>(a.y) < bitcast<i32>(b.y)) || (a.y == b.y && (a.x < b.x)); }

fn i64_max(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> { return select(a, b, i64_lt(a, b)); }

fn u64_mul(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> {
    let a0 = a.x & 0xffffu; let a1 = a.x >> 16u; let b0 = b.x & 0xffffu; let b1 = b.x >> 16u;
    let middle = a1 * b0 + ((a0 * b0) >> 16u);
    let other = a0 * b1 + (middle & 0xffffu);
    return vec2<u32>(a.x * b.x, a1 * b1 + (middle >> 16u) + (other >> 16u) + a.x * b.y + a.y * b.x);
}

fn u64_add(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> { let low = a.x + b.x; return vec2<u32>(low, a.y + b.y + u32(low < a.x)); }

fn u32_to_f32(v: u32) -> f32 { return f32(v >> 16u) * 65536f + f32(v & 0xffffu); }

fn u64_to_f32(a: vec2<u32>) -> f32 {
    if (a.y == 0u) { return u32_to_f32(a.x); }
    let n = countLeadingZeros(a.y);
    let top = u64_shl(a, n);
    return u32_to_f32(top.y | u32(top.x != 0u)) * bitcast<f32>((159u - n) << 23u);
}

fn i64_to_f32(a: vec2<u32>) -> f32 { let v = u64_to_f32(i64_abs(a)); return select(v, -v, (a.y >> 31u) != 0u); }

fn u64_div(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> { return u64_divided(a, b).xy; }

fn i64_div(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> { let q = u64_div(i64_abs(a), i64_abs(b)); return select(q, u64_neg(q), ((a.y ^ b.y) >> 31u) != 0u); }

@compute @workgroup_size(16)
fn main(@builtin(workgroup_id) group_id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
    let group = i32(group_id.y * groups.x + group_id.x);
    let item = group * 16 + i32(local);
    if (item >= 6) { return; }
    let v0 = b0[item];
    let v1 = b1[item];
    let v2 = all(v1 == vec2<u32>(0u, 0u));
    let v3 = all(v1 == vec2<u32>(4294967295u, 4294967295u));
    let v4 = v2 | v3;
    let v5 = select(v1, vec2<u32>(1u, 0u), v4);
    let v6 = select(i64_rem(v0, v5), vec2<u32>(0u, 0u), v4);
    let v7 = i64_max(u64_mul(v0, v1), select(v6, u64_add(v6, v1), (!all(v6 == vec2<u32>(0u, 0u))) & (i64_lt(v6, vec2<u32>(0u, 0u)) != i64_lt(v1, vec2<u32>(0u, 0u)))));
    b2[item] = i64_to_f32(u64_add(select(select(i64_div(v0, v5), u64_neg(v0), v3), vec2<u32>(0u, 0u), v2), v7));
}
