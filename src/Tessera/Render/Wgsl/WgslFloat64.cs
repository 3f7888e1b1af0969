namespace Tessera.Render;

/// <summary>IEEE 754 binary64 in WGSL, which lacks it: numbers are pairs of u32, low word first, computed with bit by bit and rounded to nearest, ties to even; subnormals are kept.</summary>
/// <remarks>Inside, a finite number is 64 bits whose first is set and a power of two: m ÷ 2⁶³ · 2ᵖ. Bits that do not fit are kept as one that says whether any of them was set.
/// Special values are selected at the end: drivers inline all of this, and branches make that slow.</remarks>
internal static class WgslFloat64
{
    public static IReadOnlyDictionary<string, (string Code, string[] Uses)> Table { get; } = new Dictionary<string, (string, string[])>
    {
        ["f64_is_nan"] = ("fn f64_is_nan(a: vec2<u32>) -> bool { return ((a.y & 0x7fffffffu) | u32(a.x != 0u)) > 0x7ff00000u; }", []),
        ["f64_abs"] = ("fn f64_abs(a: vec2<u32>) -> vec2<u32> { return vec2<u32>(a.x, a.y & 0x7fffffffu); }", []),
        ["f64_neg"] = ("fn f64_neg(a: vec2<u32>) -> vec2<u32> { return vec2<u32>(a.x, a.y ^ 0x80000000u); }", []),
        ["f64_is_zero"] = ("fn f64_is_zero(a: vec2<u32>) -> bool { return (a.x | (a.y << 1u)) == 0u; }", []),
        ["f64_is_endless"] = ("fn f64_is_endless(a: vec2<u32>) -> bool { return (a.y & 0x7ff00000u) == 0x7ff00000u; }", []),
        ["u32_product"] = ("""
            fn u32_product(a: u32, b: u32) -> vec2<u32> {
                let a0 = a & 0xffffu; let a1 = a >> 16u; let b0 = b & 0xffffu; let b1 = b >> 16u;
                let middle = a1 * b0 + ((a0 * b0) >> 16u);
                let other = a0 * b1 + (middle & 0xffffu);
                return vec2<u32>(a * b, a1 * b1 + (middle >> 16u) + (other >> 16u));
            }
            """, []),
        ["u64_zeros"] = ("fn u64_zeros(a: vec2<u32>) -> u32 { return select(countLeadingZeros(a.y), 32u + countLeadingZeros(a.x), a.y == 0u); }", []),
        ["u64_shr_sticky"] = ("""
            fn u64_shr_sticky(a: vec2<u32>, n: u32) -> vec2<u32> {
                let r = select(u64_shr(a, n), vec2<u32>(), n > 63u);
                return vec2<u32>(r.x | u32(any(select(u64_shl(r, n), vec2<u32>(), n > 63u) != a)), r.y);
            }
            """, ["u64_shr", "u64_shl"]),

        ["f64_parts"] = ("""
            fn f64_parts(a: vec2<u32>) -> vec3<u32> {
                let e = (a.y >> 20u) & 0x7ffu;
                let m = vec2<u32>(a.x, (a.y & 0xfffffu) | select(0x100000u, 0u, e == 0u));
                let n = u64_zeros(m);
                return vec3<u32>(u64_shl(m, n), max(e, 1u) - 1012u - n);
            }
            """, ["u64_shl", "u64_zeros"]),
        // The carry of rounding runs into the exponent, which is what it should do, up to infinity.
        ["f64_rounded"] = ("""
            fn f64_rounded(sign: u32, power: i32, m: vec2<u32>) -> vec2<u32> {
                let e = power + 1023;
                let kept = u64_shr_sticky(m, u32(max(1 - e, 0)));
                let low = kept.x & 0x7ffu;
                let q = u64_shr(kept, 11u);
                let r = u64_add(q, vec2<u32>(u32((low + (q.x & 1u)) > 0x400u), 0u));
                return select(vec2<u32>(r.x, (r.y + (u32(max(e, 1) - 1) << 20u)) | sign), vec2<u32>(0u, sign | 0x7ff00000u), e > 2046);
            }
            """, ["u64_shr_sticky", "u64_shr", "u64_add"]),

        ["f64_add"] = ("""
            fn f64_add(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> {
                let swapped = u64_lt(f64_abs(a), f64_abs(b));
                let big = select(a, b, swapped);
                let small = select(b, a, swapped);
                let differ = ((a.y ^ b.y) >> 31u) != 0u;
                let p = f64_parts(big);
                let q = f64_parts(small);
                let x = u64_shr(p.xy, 1u);
                let y = u64_shr_sticky(u64_shr(q.xy, 1u), p.z - q.z);
                let sum = select(u64_add(x, y), u64_sub(x, y), differ);
                let n = u64_zeros(sum);
                let sign = big.y & 0x80000000u;
                let r = select(f64_rounded(sign, bitcast<i32>(p.z + 1u - n), u64_shl(sum, n)), vec2<u32>(0u, select(sign, 0u, differ)), n == 64u);
                let none = f64_is_nan(big) || (differ && f64_is_endless(small));
                return select(r, select(big, vec2<u32>(0u, 0x7ff80000u), none), f64_is_endless(big));
            }
            """, ["u64_lt", "f64_abs", "f64_is_nan", "f64_is_endless", "f64_parts", "u64_shr", "u64_shr_sticky", "u64_add", "u64_sub", "u64_zeros", "u64_shl", "f64_rounded"]),
        ["f64_sub"] = ("fn f64_sub(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> { return f64_add(a, f64_neg(b)); }", ["f64_add", "f64_neg"]),
        ["f64_mul"] = ("""
            fn f64_mul(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> {
                let sign = (a.y ^ b.y) & 0x80000000u;
                let p = f64_parts(a);
                let q = f64_parts(b);
                let low = u32_product(p.x, q.x);
                let one = u32_product(p.x, q.y);
                let other = u32_product(p.y, q.x);
                let middle = u64_add(u64_add(vec2<u32>(one.x, 0u), vec2<u32>(other.x, 0u)), vec2<u32>(low.y, 0u));
                let top = u64_add(u64_add(u32_product(p.y, q.y), vec2<u32>(one.y, 0u)), u64_add(vec2<u32>(other.y, 0u), vec2<u32>(middle.y, 0u)));
                let m = vec2<u32>(top.x | u32((middle.x | low.x) != 0u), top.y);
                let n = u64_zeros(m);
                let r = f64_rounded(sign, bitcast<i32>(p.z + q.z + 1u - n), u64_shl(m, n));
                let none = f64_is_nan(a) || f64_is_nan(b) || f64_is_zero(a) || f64_is_zero(b);
                return select(r, vec2<u32>(0u, select(sign | 0x7ff00000u, 0x7ff80000u, none)), f64_is_endless(a) || f64_is_endless(b));
            }
            """, ["f64_is_zero", "f64_is_nan", "f64_is_endless", "f64_parts", "u32_product", "u64_add", "u64_zeros", "u64_shl", "f64_rounded"]),
        // Long division to 57 bits.
        ["f64_div"] = ("""
            fn f64_div(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> {
                let sign = (a.y ^ b.y) & 0x80000000u;
                let p = f64_parts(a);
                let q = f64_parts(b);
                let d = u64_shr(q.xy, 11u);
                var r = u64_shr(p.xy, 11u);
                var m = vec2<u32>();
                for (var i = 0u; i < 57u; i += 1u) {
                    let fits = !u64_lt(r, d);
                    m = u64_shl(m, 1u) | vec2<u32>(u32(fits), 0u);
                    r = u64_shl(select(r, u64_sub(r, d), fits), 1u);
                }
                m.x |= u32((r.x | r.y) != 0u);
                let n = u64_zeros(m);
                let y = f64_rounded(sign, bitcast<i32>(p.z - q.z + 7u - n), u64_shl(m, n));
                let small = f64_is_zero(a) || f64_is_endless(b);
                let big = f64_is_endless(a) || f64_is_zero(b);
                let none = f64_is_nan(a) || f64_is_nan(b) || (small && big);
                return select(y, vec2<u32>(0u, select(sign | select(0u, 0x7ff00000u, big), 0x7ff80000u, none)), small || big);
            }
            """, ["f64_is_zero", "f64_is_nan", "f64_is_endless", "f64_parts", "u64_shr", "u64_shl", "u64_lt", "u64_sub", "u64_zeros", "f64_rounded"]),
        // The root digit by digit: 55 bits from twice as many.
        ["f64_sqrt"] = ("""
            fn f64_sqrt(a: vec2<u32>) -> vec2<u32> {
                let p = f64_parts(a);
                let power = bitcast<i32>(p.z);
                var x = u64_shr(p.xy, u32((power & 1) ^ 1));
                var r = vec2<u32>();
                var q = vec2<u32>();
                for (var i = 0u; i < 55u; i += 1u) {
                    r = u64_shl(r, 2u) | vec2<u32>(x.y >> 30u, 0u);
                    x = u64_shl(x, 2u);
                    let t = u64_shl(q, 2u) | vec2<u32>(1u, 0u);
                    let fits = !u64_lt(r, t);
                    q = u64_shl(q, 1u) | vec2<u32>(u32(fits), 0u);
                    r = select(r, u64_sub(r, t), fits);
                }
                let y = f64_rounded(0u, power >> 1u, u64_shl(q, 9u) | vec2<u32>(u32((r.x | r.y) != 0u), 0u));
                let below = (a.y >> 31u) != 0u;
                return select(y, select(a, vec2<u32>(0u, 0x7ff80000u), below && !f64_is_zero(a)), f64_is_zero(a) || below || f64_is_endless(a));
            }
            """, ["f64_is_zero", "f64_is_endless", "f64_parts", "u64_shr", "u64_shl", "u64_lt", "u64_sub", "f64_rounded"]),

        ["f64_eq"] = ("fn f64_eq(a: vec2<u32>, b: vec2<u32>) -> bool { return (all(a == b) && !f64_is_nan(a)) || (f64_is_zero(a) && f64_is_zero(b)); }", ["f64_is_nan", "f64_is_zero"]),
        ["f64_lt"] = ("""
            fn f64_lt(a: vec2<u32>, b: vec2<u32>) -> bool {
                let below = vec2<bool>((a.y >> 31u) != 0u, (b.y >> 31u) != 0u);
                let less = select(select(u64_lt(a, b), u64_lt(b, a), below.x), below.x, below.x != below.y);
                return less && !(f64_is_nan(a) || f64_is_nan(b) || (f64_is_zero(a) && f64_is_zero(b)));
            }
            """, ["f64_is_nan", "f64_is_zero", "u64_lt"]),
        ["f64_le"] = ("fn f64_le(a: vec2<u32>, b: vec2<u32>) -> bool { return f64_lt(a, b) || f64_eq(a, b); }", ["f64_lt", "f64_eq"]),
        ["f64_min"] = ("fn f64_min(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> { return select(b, a, f64_lt(a, b) || f64_is_nan(a)); }", ["f64_lt", "f64_is_nan"]),
        ["f64_max"] = ("fn f64_max(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> { return select(b, a, f64_lt(b, a) || f64_is_nan(a)); }", ["f64_lt", "f64_is_nan"]),

        ["f64_trunc"] = ("""
            fn f64_trunc(a: vec2<u32>) -> vec2<u32> {
                let e = i32((a.y >> 20u) & 0x7ffu) - 1023;
                let n = u32(clamp(52 - e, 0, 52));
                return select(u64_shl(u64_shr(a, n), n), vec2<u32>(0u, a.y & 0x80000000u), e < 0);
            }
            """, ["u64_shl", "u64_shr"]),
        ["f64_floor"] = ("fn f64_floor(a: vec2<u32>) -> vec2<u32> { let t = f64_trunc(a); return select(f64_add(t, vec2<u32>(0u, 0xbff00000u)), t, (a.y >> 31u) == 0u || all(t == a)); }", ["f64_trunc", "f64_add"]),
        ["f64_ceil"] = ("fn f64_ceil(a: vec2<u32>) -> vec2<u32> { let t = f64_trunc(a); return select(f64_add(t, vec2<u32>(0u, 0x3ff00000u)), t, (a.y >> 31u) != 0u || all(t == a)); }", ["f64_trunc", "f64_add"]),
        // Beside 2⁵² no bits of a fraction are left.
        ["f64_round"] = ("""
            fn f64_round(a: vec2<u32>) -> vec2<u32> {
                let size = f64_abs(a);
                let r = f64_add(f64_add(size, vec2<u32>(0u, 0x43300000u)), vec2<u32>(0u, 0xc3300000u));
                return select(vec2<u32>(r.x, r.y | (a.y & 0x80000000u)), a, size.y >= 0x43300000u);
            }
            """, ["f64_abs", "f64_add"]),

        ["f64_from_f32"] = ("""
            fn f64_from_f32(v: f32) -> vec2<u32> {
                let bits = bitcast<u32>(v);
                let sign = bits & 0x80000000u;
                let size = bits & 0x7fffffffu;
                let n = max(countLeadingZeros(size), 8u) - 8u;
                let m = size << select(0u, n, size < 0x800000u);
                let high = select((m >> 3u) + 0x38000000u - select(0u, n << 20u, size < 0x800000u), 0x7ff00000u | ((size & 0x7fffffu) >> 3u), size >= 0x7f800000u);
                return vec2<u32>(m << 29u, sign | select(high, 0u, size == 0u));
            }
            """, []),
        ["f64_to_f32"] = ("""
            fn f64_to_f32(a: vec2<u32>) -> f32 {
                let sign = a.y & 0x80000000u;
                let p = f64_parts(a);
                let e = bitcast<i32>(p.z) + 127;
                let kept = u64_shr_sticky(p.xy, u32(max(1 - e, 0)));
                let q = kept.y >> 8u;
                let rest = kept.y & 0xffu;
                let up = (rest > 0x80u) || (rest == 0x80u && (kept.x | (q & 1u)) != 0u);
                let bits = select(q + u32(up) + (u32(max(e, 1) - 1) << 23u), select(0x7f800000u, 0x7fc00000u, f64_is_nan(a)), e > 254);
                return bitcast<f32>(sign | bits);
            }
            """, ["f64_parts", "f64_is_nan", "u64_shr_sticky"]),
        ["f64_from_u64"] = ("fn f64_from_u64(a: vec2<u32>) -> vec2<u32> { let n = u64_zeros(a); return select(f64_rounded(0u, 63 - i32(n), u64_shl(a, n)), a, n == 64u); }", ["u64_zeros", "u64_shl", "f64_rounded"]),
        ["f64_from_i64"] = ("fn f64_from_i64(a: vec2<u32>) -> vec2<u32> { let r = f64_from_u64(i64_abs(a)); return vec2<u32>(r.x, r.y | (a.y & 0x80000000u)); }", ["f64_from_u64", "i64_abs"]),
        ["f64_to_u64"] = ("fn f64_to_u64(a: vec2<u32>) -> vec2<u32> { let p = f64_parts(a); let e = bitcast<i32>(p.z); return select(u64_shr(p.xy, u32(63 - clamp(e, 0, 63))), vec2<u32>(), e < 0); }", ["f64_parts", "u64_shr"]),
        ["f64_to_i64"] = ("fn f64_to_i64(a: vec2<u32>) -> vec2<u32> { let r = f64_to_u64(a); return select(r, u64_neg(r), (a.y >> 31u) != 0u); }", ["f64_to_u64", "u64_neg"]),
    };
}
