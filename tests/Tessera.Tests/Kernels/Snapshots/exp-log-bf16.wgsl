// Log: BFloat16[7]
@group(0) @binding(0) var<storage, read_write> b0: array<u32, 4>; // BFloat16
@group(0) @binding(1) var<storage, read_write> b1: array<atomic<u32>, 4>; // BFloat16

fn from_bf16(h: u32) -> f32 { return bitcast<f32>(h << 16u); }

fn real(bits: u32) -> f32 { return bitcast<f32>(bits); }

fn to_bf16(v: f32) -> u32 {
    let bits = bitcast<u32>(v);
    return select((bits + 0x7fffu + ((bits >> 16u) & 1u)) >> 16u, (bits >> 16u) | 0x40u, (bits & 0x7fffffffu) > 0x7f800000u);
}

@compute @workgroup_size(16)
fn main(@builtin(workgroup_id) group_id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
    let group = i32(group_id.y * groups.x + group_id.x);
    let item = group * 16 + i32(local);
    if (item >= 2) { return; }
    let v0 = min(item * 4, 3);
    let t1 = vec4<f32>(from_bf16(extractBits(b0[v0 >> 1u], (u32(v0 & 1) * 16u), 16u)), from_bf16(extractBits(b0[(v0 + 1) >> 1u], (u32((v0 + 1) & 1) * 16u), 16u)), from_bf16(extractBits(b0[(v0 + 2) >> 1u], (u32((v0 + 2) & 1) * 16u), 16u)), from_bf16(extractBits(b0[(v0 + 3) >> 1u], (u32((v0 + 3) & 1) * 16u), 16u)));
    let t2 = select(t1, vec4<f32>((-104f)), t1 < vec4<f32>((-104f)));
    let v3 = select(t2, vec4<f32>(89f), vec4<f32>(89f) < t2);
    let v4 = round(v3 * vec4<f32>(1.4426950216293335f));
    let v5 = vec4<i32>(v4);
    let v6 = v4 * vec4<f32>(0.00021219444170128554f) + (v4 * vec4<f32>((-0.693359375f)) + v3);
    let v7 = vec4<f32>(0.5f);
    let v8 = (((vec4<f32>(0.0013926175888627768f) * v6 + vec4<f32>(0.008363173343241215f)) * v6 + vec4<f32>(0.041666556149721146f)) * v6 + vec4<f32>(0.16666577756404877f)) * v6 + v7;
    let v9 = vec4<f32>(1f);
    let v10 = v5 >> vec4<u32>(1u);
    let v11 = vec4<i32>(127);
    let v12 = vec4<i32>(23);
    let v13 = bitcast<vec4<f32>>(((v5 - v10) + v11) << vec4<u32>(23u));
    let v14 = (((((v8 * (v6 * v6)) + v6) + v9) * bitcast<vec4<f32>>((v10 + v11) << vec4<u32>(23u))) * v13) + v9;
    let v15 = v14 < vec4<f32>(1.1754943508222875E-38f);
    let v16 = bitcast<vec4<i32>>(select(v14, v14 * vec4<f32>(33554432f), v15));
    let v17 = (v16 - vec4<i32>(1060439283)) >> vec4<u32>(23u);
    let v18 = bitcast<vec4<f32>>(v16 - (v17 << vec4<u32>(23u)));
    let v19 = (v18 - v9) / (v18 + v9);
    let v20 = v19 * v19;
    var c21: f32 = 0f;
    let v22 = ((((vec4<f32>(c21 + 0.1818181872367859f) * v20) + vec4<f32>(0.2222222238779068f)) * v20) + vec4<f32>(0.2857142984867096f)) * v20;
    let v23 = vec4<f32>(0f);
    let v24 = vec4<f32>(v17) - select(v23, vec4<f32>(25f), v15);
    let v25 = v24 * vec4<f32>(1.428606765330187E-06f);
    let v26 = v19 * vec4<f32>(2f);
    let v27 = ((v19 * ((((v22 + vec4<f32>(0.4000000059604645f)) * v20) + vec4<f32>(0.6666666865348816f)) * v20)) + v25) + v26;
    let v28 = select(select(v14, (v24 * vec4<f32>(0.693145751953125f)) + v27, v14 < vec4<f32>(real(0x7f800000u))), vec4<f32>(real(0xffc00000u)), v14 < v23);
    let t29 = select(v28, vec4<f32>(real(0xff800000u)), v14 == v23);
    atomicAnd(&b1[v0 >> 1u], ~(65535u << (u32(v0 & 1) * 16u)));
    atomicOr(&b1[v0 >> 1u], (to_bf16(t29.x) & 65535u) << (u32(v0 & 1) * 16u));
    atomicAnd(&b1[(v0 + 1) >> 1u], ~(65535u << (u32((v0 + 1) & 1) * 16u)));
    atomicOr(&b1[(v0 + 1) >> 1u], (to_bf16(t29.y) & 65535u) << (u32((v0 + 1) & 1) * 16u));
    atomicAnd(&b1[(v0 + 2) >> 1u], ~(65535u << (u32((v0 + 2) & 1) * 16u)));
    atomicOr(&b1[(v0 + 2) >> 1u], (to_bf16(t29.z) & 65535u) << (u32((v0 + 2) & 1) * 16u));
    atomicAnd(&b1[(v0 + 3) >> 1u], ~(65535u << (u32((v0 + 3) & 1) * 16u)));
    atomicOr(&b1[(v0 + 3) >> 1u], (to_bf16(t29.w) & 65535u) << (u32((v0 + 3) & 1) * 16u));
}
