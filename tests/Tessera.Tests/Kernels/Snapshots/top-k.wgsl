// TopK: Float32[2, 3]
@group(0) @binding(0) var<storage, read_write> b0: array<f32, 18>; // Float32
@group(0) @binding(1) var<storage, read_write> b1: array<f32, 6>; // Float32
@group(0) @binding(2) var<storage, read_write> b2: array<vec2<u32>, 6>; // Int64

fn is_number(x: f32) -> bool { return (bitcast<u32>(x) & 0x7fffffffu) <= 0x7f800000u; }

fn i64_from_i32(v: i32) -> vec2<u32> { return vec2<u32>(bitcast<u32>(v), bitcast<u32>(v >> 31u)); }

@compute @workgroup_size(16)
fn main(@builtin(workgroup_id) group_id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
    let group = i32(group_id.y * groups.x + group_id.x);
    let item = group * 16 + i32(local);
    if (item >= 2) { return; }
    let v0 = item * 9;
    var v1: f32 = b0[v0];
    var v2: i32 = (-1);
    let v3 = item * 3;
    for (var n4 = 0; n4 < 3; n4 += 1) {
        var v5: f32 = v1;
        var v6: i32 = (-1);
        for (var n7 = 0; n7 < 9; n7 += 1) {
            let v8 = b0[v0 + n7];
            let v9 = v1;
            let v10 = !is_number(v8);
            let v11 = !v10;
            let v12 = v1;
            let v13 = !(!is_number(v12));
            let v14 = (!((v10 & v13) | ((v12 < v8) & v13))) & (v2 < n7);
            let v15 = v5;
            let v16 = !(!is_number(v15));
            let v17 = (v6 == (-1)) | ((v10 & v16) | ((v15 < v8) & v16));
            let v18 = (((v2 == (-1)) | (((!is_number(v9)) & v11) | ((v8 < v9) & v11))) | v14) & v17;
            v5 = select(v5, v8, v18);
            v6 = select(v6, n7, v18);
        }
        v1 = v5;
        v2 = v6;
        let v19 = v3 + n4;
        b1[v19] = v5;
        b2[v19] = i64_from_i32(v6);
    }
}
