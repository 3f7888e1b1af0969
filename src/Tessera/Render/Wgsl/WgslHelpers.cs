namespace Tessera.Render;

/// <summary>WGSL functions for what the language lacks: 64-bit integers, NaN, 16-bit floats and packed bytes, bit by bit.</summary>
internal static class WgslHelpers
{
    public static IReadOnlyDictionary<string, (string Code, string[] Uses)> Table { get; } = new Dictionary<string, (string, string[])>
    {
        // A call is no constant expression, so NaN and infinity pass.
        ["real"] = ("fn real(bits: u32) -> f32 { return bitcast<f32>(bits); }", []),
        ["is_number"] = ("fn is_number(x: f32) -> bool { return (bitcast<u32>(x) & 0x7fffffffu) <= 0x7f800000u; }", []),
        ["is_number4"] = ("fn is_number4(x: vec4<f32>) -> vec4<bool> { return (bitcast<vec4<u32>>(x) & vec4<u32>(0x7fffffffu)) <= vec4<u32>(0x7f800000u); }", []),
        ["min_nan"] = ("fn min_nan(a: f32, b: f32) -> f32 { return select(b, a, (a < b) || !is_number(a)); }", ["is_number"]),
        ["max_nan"] = ("fn max_nan(a: f32, b: f32) -> f32 { return select(b, a, (b < a) || !is_number(a)); }", ["is_number"]),
        ["min_nan4"] = ("fn min_nan4(a: vec4<f32>, b: vec4<f32>) -> vec4<f32> { return select(b, a, (a < b) | !is_number4(a)); }", ["is_number4"]),
        ["max_nan4"] = ("fn max_nan4(a: vec4<f32>, b: vec4<f32>) -> vec4<f32> { return select(b, a, (b < a) | !is_number4(a)); }", ["is_number4"]),

        ["u64_neg"] = ("fn u64_neg(a: vec2<u32>) -> vec2<u32> { return vec2<u32>(0u - a.x, ~a.y + u32(a.x == 0u)); }", []),
        ["u64_add"] = ("fn u64_add(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> { let low = a.x + b.x; return vec2<u32>(low, a.y + b.y + u32(low < a.x)); }", []),
        ["u64_sub"] = ("fn u64_sub(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> { return vec2<u32>(a.x - b.x, a.y - b.y - u32(a.x < b.x)); }", []),
        ["u64_mul"] = ("""
            fn u64_mul(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> {
                let a0 = a.x & 0xffffu; let a1 = a.x >> 16u; let b0 = b.x & 0xffffu; let b1 = b.x >> 16u;
                let middle = a1 * b0 + ((a0 * b0) >> 16u);
                let other = a0 * b1 + (middle & 0xffffu);
                return vec2<u32>(a.x * b.x, a1 * b1 + (middle >> 16u) + (other >> 16u) + a.x * b.y + a.y * b.x);
            }
            """, []),
        ["u64_shl"] = ("""
            fn u64_shl(a: vec2<u32>, count: u32) -> vec2<u32> {
                let n = count & 31u;
                let low = a.x << n;
                return select(vec2<u32>(low, (a.y << n) | ((a.x >> 1u) >> (31u - n))), vec2<u32>(0u, low), (count & 32u) != 0u);
            }
            """, []),
        ["u64_shr"] = ("""
            fn u64_shr(a: vec2<u32>, count: u32) -> vec2<u32> {
                let n = count & 31u;
                let high = a.y >> n;
                return select(vec2<u32>((a.x >> n) | ((a.y << 1u) << (31u - n)), high), vec2<u32>(high, 0u), (count & 32u) != 0u);
            }
            """, []),
        ["i64_shr"] = ("""
            fn i64_shr(a: vec2<u32>, count: u32) -> vec2<u32> {
                let n = count & 31u;
                let high = bitcast<u32>(bitcast<i32>(a.y) >> n);
                return select(vec2<u32>((a.x >> n) | ((a.y << 1u) << (31u - n)), high), vec2<u32>(high, bitcast<u32>(bitcast<i32>(a.y) >> 31u)), (count & 32u) != 0u);
            }
            """, []),
        ["u64_lt"] = ("fn u64_lt(a: vec2<u32>, b: vec2<u32>) -> bool { return (a.y < b.y) || (a.y == b.y && (a.x < b.x)); }", []),
        ["u64_le"] = ("fn u64_le(a: vec2<u32>, b: vec2<u32>) -> bool { return !u64_lt(b, a); }", ["u64_lt"]),
        ["i64_lt"] = ("fn i64_lt(a: vec2<u32>, b: vec2<u32>) -> bool { return (bitcast<i32>(a.y) < bitcast<i32>(b.y)) || (a.y == b.y && (a.x < b.x)); }", []),
        ["i64_le"] = ("fn i64_le(a: vec2<u32>, b: vec2<u32>) -> bool { return !i64_lt(b, a); }", ["i64_lt"]),
        ["u64_min"] = ("fn u64_min(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> { return select(a, b, u64_lt(b, a)); }", ["u64_lt"]),
        ["u64_max"] = ("fn u64_max(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> { return select(a, b, u64_lt(a, b)); }", ["u64_lt"]),
        ["i64_min"] = ("fn i64_min(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> { return select(a, b, i64_lt(b, a)); }", ["i64_lt"]),
        ["i64_max"] = ("fn i64_max(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> { return select(a, b, i64_lt(a, b)); }", ["i64_lt"]),
        ["i64_abs"] = ("fn i64_abs(a: vec2<u32>) -> vec2<u32> { return select(a, u64_neg(a), bitcast<i32>(a.y) < 0); }", ["u64_neg"]),
        // Long division, bit by bit: quotient in the first two words, remainder in the others.
        ["u64_divided"] = ("""
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
            """, ["u64_shr", "u64_shl", "u64_lt", "u64_sub"]),
        ["u64_div"] = ("fn u64_div(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> { return u64_divided(a, b).xy; }", ["u64_divided"]),
        ["u64_rem"] = ("fn u64_rem(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> { return u64_divided(a, b).zw; }", ["u64_divided"]),
        ["i64_div"] = ("fn i64_div(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> { let q = u64_div(i64_abs(a), i64_abs(b)); return select(q, u64_neg(q), ((a.y ^ b.y) >> 31u) != 0u); }", ["u64_div", "i64_abs"]),
        ["i64_rem"] = ("fn i64_rem(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> { let r = u64_rem(i64_abs(a), i64_abs(b)); return select(r, u64_neg(r), (a.y >> 31u) != 0u); }", ["u64_rem", "i64_abs"]),
        ["i64_from_i32"] = ("fn i64_from_i32(v: i32) -> vec2<u32> { return vec2<u32>(bitcast<u32>(v), bitcast<u32>(v >> 31u)); }", []),
        ["i64_from_f32"] = ("""
            fn i64_from_f32(v: f32) -> vec2<u32> {
                let bits = bitcast<u32>(v);
                let power = i32((bits >> 23u) & 255u) - 150;
                if (power < -23) { return vec2<u32>(); }
                let mantissa = vec2<u32>((bits & 0x7fffffu) | 0x800000u, 0u);
                let size = select(u64_shl(mantissa, u32(power)), u64_shr(mantissa, u32(-power)), power < 0);
                return select(size, u64_neg(size), (bits >> 31u) != 0u);
            }
            """, ["u64_shl", "u64_shr", "u64_neg"]),
        // Drivers may truncate numbers of more than 31 bits; halves are exact, and their sum rounds once.
        ["u32_to_f32"] = ("fn u32_to_f32(v: u32) -> f32 { return f32(v >> 16u) * 65536f + f32(v & 0xffffu); }", []),
        ["u32_to_f324"] = ("fn u32_to_f324(v: vec4<u32>) -> vec4<f32> { return vec4<f32>(v >> vec4<u32>(16u)) * 65536f + vec4<f32>(v & vec4<u32>(0xffffu)); }", []),
        // The 32 leading bits, the last of them set when some below is: converting them rounds once.
        ["u64_to_f32"] = ("""
            fn u64_to_f32(a: vec2<u32>) -> f32 {
                if (a.y == 0u) { return u32_to_f32(a.x); }
                let n = countLeadingZeros(a.y);
                let top = u64_shl(a, n);
                return u32_to_f32(top.y | u32(top.x != 0u)) * bitcast<f32>((159u - n) << 23u);
            }
            """, ["u64_shl", "u32_to_f32"]),
        ["i64_to_f32"] = ("fn i64_to_f32(a: vec2<u32>) -> f32 { let v = u64_to_f32(i64_abs(a)); return select(v, -v, (a.y >> 31u) != 0u); }", ["u64_to_f32", "i64_abs"]),

        ["from_f16"] = ("""
            fn from_f16(h: u32) -> f32 {
                let size = h & 0x7fffu;
                let normal = (size << 13u) + select(0x38000000u, 0x70000000u, size >= 0x7c00u);
                let bits = select(normal, bitcast<u32>(f32(size) * 5.9604644775390625e-8f), size < 0x400u);
                return bitcast<f32>(bits | ((h & 0x8000u) << 16u));
            }
            """, []),
        ["from_f16x4"] = ("fn from_f16x4(h: vec4<u32>) -> vec4<f32> { return vec4<f32>(from_f16(h.x), from_f16(h.y), from_f16(h.z), from_f16(h.w)); }", ["from_f16"]),
        ["to_f16"] = ("""
            fn to_f16(v: f32) -> u32 {
                let bits = bitcast<u32>(v);
                let size = bits & 0x7fffffffu;
                var h = (size - 0x38000000u + 0xfffu + ((size >> 13u) & 1u)) >> 13u;
                if (size < 0x38800000u) { h = u32(round(bitcast<f32>(size) * 16777216.0f)); }
                if (size >= 0x477ff000u) { h = 0x7c00u; }
                if (size > 0x7f800000u) { h = 0x7e00u; }
                return h | ((bits >> 16u) & 0x8000u);
            }
            """, []),
        ["from_bf16"] = ("fn from_bf16(h: u32) -> f32 { return bitcast<f32>(h << 16u); }", []),
        ["to_bf16"] = ("""
            fn to_bf16(v: f32) -> u32 {
                let bits = bitcast<u32>(v);
                return select((bits + 0x7fffu + ((bits >> 16u) & 1u)) >> 16u, (bits >> 16u) | 0x40u, (bits & 0x7fffffffu) > 0x7f800000u);
            }
            """, []),
        ["bytes"] = ("fn bytes(w: u32) -> vec4<u32> { return (vec4<u32>(w) >> vec4<u32>(0u, 8u, 16u, 24u)) & vec4<u32>(255u); }", []),
        ["signed_bytes"] = ("fn signed_bytes(w: u32) -> vec4<i32> { return bitcast<vec4<i32>>(vec4<u32>(w) << vec4<u32>(24u, 16u, 8u, 0u)) >> vec4<u32>(24u); }", []),
        ["halves"] = ("fn halves(a: u32, b: u32) -> vec4<u32> { return vec4<u32>(a & 0xffffu, a >> 16u, b & 0xffffu, b >> 16u); }", []),
        ["signed_halves"] = ("fn signed_halves(a: u32, b: u32) -> vec4<i32> { return bitcast<vec4<i32>>(vec4<u32>(a << 16u, a, b << 16u, b)) >> vec4<u32>(16u); }", []),
        ["packed_bytes"] = ("fn packed_bytes(v: vec4<u32>) -> u32 { let w = (v & vec4<u32>(255u)) << vec4<u32>(0u, 8u, 16u, 24u); return w.x | w.y | w.z | w.w; }", []),
    };
}
