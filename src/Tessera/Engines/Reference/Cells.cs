namespace Tessera.Engines.Reference;

/// <summary>One value while the reference engine computes: floats of every width as float64, integers and booleans as 64 bits (UInt64 as its bits), strings as they are; row-major.</summary>
internal sealed class Cells
{
    public Cells(DType type, Shape shape, double[] floats) : this(type, shape) => Floats = floats;

    public Cells(DType type, Shape shape, long[] integers) : this(type, shape) => Integers = integers;

    public Cells(Shape shape, string[] strings) : this(DType.String, shape) => Strings = strings;

    private Cells(DType type, Shape shape) => (Type, Shape) = (type, shape);

    public DType Type { get; }

    public Shape Shape { get; }

    public double[] Floats { get => field ?? throw Wrong("floats"); }

    public long[] Integers { get => field ?? throw Wrong("integers"); }

    public string[] Strings { get => field ?? throw Wrong("strings"); }

    public bool IsFloat => Type.IsFloat();

    public bool IsString => Type == DType.String;

    public int Count => checked((int)Shape.Count);

    /// <summary>Elements of this type picked by <paramref name="pick"/>: result i is element pick[i] of this value.</summary>
    public Cells Pick(Shape shape, int[] pick) =>
        IsString ? new(shape, Array.ConvertAll(pick, i => Strings[i]))
        : IsFloat ? new(Type, shape, Array.ConvertAll(pick, i => Floats[i]))
        : new(Type, shape, Array.ConvertAll(pick, i => Integers[i]));

    public Cells Reshaped(Shape shape) => IsString ? new(shape, Strings) : IsFloat ? new(Type, shape, Floats) : new(Type, shape, Integers);

    public Cells Copied() => IsString ? new(Shape, [.. Strings]) : IsFloat ? new(Type, Shape, (double[])Floats.Clone()) : new(Type, Shape, (long[])Integers.Clone());


    private TesseraException Wrong(string kind) => new(ErrorCode.Internal, $"{Type}{Shape} holds no {kind}.");
}
