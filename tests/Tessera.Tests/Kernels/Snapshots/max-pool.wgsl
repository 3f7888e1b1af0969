// Pool: Float32[1, 2, 3, 3]
@group(0) @binding(0) var<storage, read_write> b0: array<f32, 72>; // Float32
@group(0) @binding(1) var<storage, read_write> b1: array<f32, 18>; // Float32

fn real(bits: u32) -> f32 { return bitcast<f32>(bits); }

fn is_number(x: f32) -> bool { return (bitcast<u32>(x) & 0x7fffffffu) <= 0x7f800000u; }

fn max_nan(a: f32, b: f32) -> f32 { return select(b, a, (b < a) || !is_number(a)); }

@compute @workgroup_size(16)
fn main(@builtin(workgroup_id) group_id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
    let group = i32(group_id.y * groups.x + group_id.x);
    let item = group * 16 + i32(local);
    if (item >= 18) { return; }
    let v0 = ((item / 3) % 3) * 2;
    let v1 = (item % 3) * 2;
    var v2: f32 = real(0xff800000u);
    let v3 = (item / 9) * 36;
    let v4 = v1 + 1;
    for (var n5 = 0; n5 < 2; n5 += 1) {
        let v6 = v3 + ((v0 + n5) * 6);
        v2 = max_nan(v2, b0[v6 + v1]);
        v2 = max_nan(v2, b0[v6 + v4]);
    }
    b1[item] = v2;
}
