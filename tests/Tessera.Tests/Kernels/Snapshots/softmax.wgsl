// Softmax: Float32[4, 10]
@group(0) @binding(0) var<storage, read_write> b0: array<f32>; // Float32
@group(0) @binding(1) var<storage, read_write> b1: array<f32>; // Float32

fn real(bits: u32) -> f32 { return bitcast<f32>(bits); }

fn is_number(x: f32) -> bool { return (bitcast<u32>(x) & 0x7fffffffu) <= 0x7f800000u; }

fn max_nan(a: f32, b: f32) -> f32 { return select(b, a, (b < a) || !is_number(a)); }

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group_id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
    let group = i32(group_id.y * groups.x + group_id.x);
    let item = group * 64 + i32(local);
    if (item >= 4) { return; }
    var v0: f32 = real(0xff800000u);
    var v1: f32 = 0f;
    let v2 = item * 10;
    for (var n3 = 0; n3 < 10; n3 += 1) {
        v0 = max_nan(v0, b0[v2 + n3]);
    }
    let v4 = v0;
    for (var n5 = 0; n5 < 10; n5 += 1) {
        let t6 = b0[v2 + n5] - v4;
        let t7 = select(t6, (-104f), t6 < (-104f));
        let v8 = select(t7, 89f, 89f < t7);
        let v9 = round(v8 * 1.442695f);
        let v10 = v9 * 0.00021219444f + (v9 * (-0.6933594f) + v8);
        let v11 = floor(v9 * 0.5f);
        let v12 = bitcast<f32>((i32(v11) + 127) << 23u);
        let v13 = bitcast<f32>((i32(v9 - v11) + 127) << 23u);
        let v14 = v1 + (((((((((0.0013926176f * v10 + 0.008363173f) * v10 + 0.041666556f) * v10 + 0.16666578f) * v10 + 0.5f) * (v10 * v10)) + v10) + 1f) * v12) * v13);
        v1 = v14;
    }
    let v15 = 1f / v1;
    for (var n16 = 0; n16 < 10; n16 += 1) {
        let v17 = v2 + n16;
        let t18 = b0[v17] - v4;
        let t19 = select(t18, (-104f), t18 < (-104f));
        let v20 = select(t19, 89f, 89f < t19);
        let v21 = round(v20 * 1.442695f);
        let v22 = v21 * 0.00021219444f + (v21 * (-0.6933594f) + v20);
        let v23 = floor(v21 * 0.5f);
        let v24 = bitcast<f32>((i32(v23) + 127) << 23u);
        let v25 = bitcast<f32>((i32(v21 - v23) + 127) << 23u);
        b1[v17] = (((((((((0.0013926176f * v22 + 0.008363173f) * v22 + 0.041666556f) * v22 + 0.16666578f) * v22 + 0.5f) * (v22 * v22)) + v22) + 1f) * v24) * v25) * v15;
    }
}
