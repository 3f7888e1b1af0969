// Pool: Float32[1, 2, 3, 3]
@group(0) @binding(0) var<storage, read_write> b0: array<f32>; // Float32
@group(0) @binding(1) var<storage, read_write> b1: array<f32>; // Float32

fn real(bits: u32) -> f32 { return bitcast<f32>(bits); }

fn is_number(x: f32) -> bool { return (bitcast<u32>(x) & 0x7fffffffu) <= 0x7f800000u; }

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group_id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
    let group = i32(group_id.y * groups.x + group_id.x);
    let item = group * 64 + i32(local);
    if (item >= 18) { return; }
    var v0: f32 = real(0xff800000u);
    var v1: i32 = (-1);
    let v2 = ((item / 3) % 3) * 2;
    let v3 = (item % 3) * 2;
    let v4 = (item / 9) * 36;
    for (var n5 = 0; n5 < 2; n5 += 1) {
        let v6 = v2 + n5;
        let v7 = v6 * 6;
        let v8 = v4 + (min(max(v6, 0), 5) * 6);
        for (var n9 = 0; n9 < 2; n9 += 1) {
            let v10 = v3 + n9;
            let v11 = b0[v8 + min(max(v10, 0), 5)];
            let v12 = v0;
            let v13 = !(!is_number(v12));
            let v14 = (v1 == (-1)) | (((!is_number(v11)) & v13) | ((v12 < v11) & v13));
            v0 = select(v0, v11, v14);
            v1 = select(v1, v7 + v10, v14);
        }
    }
    b1[item] = v0;
}
