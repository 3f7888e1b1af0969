namespace Tessera.Ops;

internal enum CoordinateMode { HalfPixel, HalfPixelSymmetric, PytorchHalfPixel, AlignCorners, Asymmetric, HalfPixelForNearest, CropAndResize }

/// <summary>Simple is that of Upsample and Resize-10: down when enlarging, up when shrinking.</summary>
internal enum NearestMode { RoundPreferFloor, RoundPreferCeil, Floor, Ceil, Simple }

internal sealed record Resampling(string Mode, CoordinateMode Coordinates, NearestMode Nearest)
{
    public double CubicA { get; init; } = -0.75;

    public bool ExcludeOutside { get; init; }

    public bool Antialias { get; init; }
}

/// <summary>Row-major [outputs, Count] positions in the input and their weights.</summary>
internal sealed record Taps(int[] Indices, float[] Weights, int Count);

/// <summary>Resampling of one axis from In to Out elements. Coordinates are Float32, as models' exporters and other runtimes compute them: the nearest element depends on it.</summary>
internal sealed record AxisResize(int Axis, long In, long Out, float Scale, float Start, float End)
{
    /// <summary>Whether every output is the input element of its own position.</summary>
    public bool IsIdentity(Resampling how) => In == Out && (how.Coordinates == CoordinateMode.CropAndResize ? Start == 0 && End == 1 : Scale == 1);

    /// <summary>Input elements that an output is made of.</summary>
    public long Taps(Resampling how) => how.Mode switch
    {
        "linear" or "bilinear" => 2 - 2 * First(how, 1),
        "cubic" => 2 - 2 * First(how, 2),
        _ => 1,
    };

    public long[] Nearest(NearestMode mode, CoordinateMode coordinates)
    {
        long[] at = new long[Out];
        for (long i = 0; i < Out; i++)
        {
            float x = Position(i, coordinates);
            float near = mode switch
            {
                NearestMode.RoundPreferFloor => MathF.Ceiling(x - 0.5f),
                NearestMode.RoundPreferCeil => MathF.Floor(x + 0.5f),
                NearestMode.Floor => MathF.Floor(x),
                NearestMode.Ceil => MathF.Ceiling(x),
                NearestMode.Simple => Scale < 1 ? MathF.Ceiling(x) : MathF.Floor(x),
            };
            at[i] = Math.Clamp((long)near, 0, In - 1);
        }
        return at;
    }

    /// <summary>Outputs whose position lies in the input.</summary>
    public bool[] Inside(CoordinateMode mode) => [.. Enumerable.Range(0, checked((int)Out)).Select(i => Position(i, mode) is var x && x >= 0 && x <= In - 1)];

    public Taps Linear(Resampling how)
    {
        double s = Stretch(how);
        return Fill(how, (int)First(how, 1), x => Math.Max(0, 1 - Math.Abs(x * s)));
    }

    public Taps Cubic(Resampling how)
    {
        double s = Stretch(how), a = how.CubicA;
        return Fill(how, (int)First(how, 2), x => Keys(Math.Abs(x * s), a));
    }

    /// <summary>Antialiasing widens the kernel by the factor that the axis shrinks.</summary>
    private double Stretch(Resampling how) => how.Antialias ? Math.Min(Scale, 1) : 1;

    /// <summary>Offset of the first tap of a kernel that reaches <paramref name="reach"/> elements when not stretched.</summary>
    private long First(Resampling how, int reach) => checked((long)Math.Floor(-reach / Stretch(how))) + 1;

    /// <summary>Keys' cubic convolution kernel.</summary>
    private static double Keys(double x, double a) =>
        x <= 1 ? ((a + 2) * x - (a + 3)) * x * x + 1 : x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0;

    private Taps Fill(Resampling how, int start, Func<double, double> kernel)
    {
        int n = checked((int)Out), count = 2 - 2 * start;
        int[] indices = new int[checked(n * count)];
        float[] weights = new float[n * count];
        double[] w = new double[count];
        for (int i = 0; i < n; i++)
        {
            float x = Position(i, how.Coordinates);
            double left = Math.Floor(x), ratio = x - left, sum = 0;
            // At an exact position the window leans to the left: symmetric around it.
            if (ratio == 0) (left, ratio) = (left - 1, 1);
            for (int k = 0; k < count; k++)
            {
                double at = left + start + k;
                w[k] = how.ExcludeOutside && (at < 0 || at >= In) ? 0 : kernel(start + k - ratio);
                sum += w[k];
                indices[i * count + k] = (int)Math.Clamp(at, 0, In - 1);
            }
            for (int k = 0; k < count; k++) weights[i * count + k] = (float)(sum == 0 ? 0 : w[k] / sum);
        }
        return new(indices, weights, count);
    }

    /// <summary>Where output <paramref name="i"/> lies in the input, in elements.</summary>
    private float Position(long i, CoordinateMode mode)
    {
        float length = Scale * In;
        return mode switch
        {
            CoordinateMode.HalfPixel => (i + 0.5f) / Scale - 0.5f,
            CoordinateMode.HalfPixelSymmetric => In / 2f * (1 - Out / length) + (i + 0.5f) / Scale - 0.5f,
            CoordinateMode.PytorchHalfPixel => Out > 1 ? (i + 0.5f) / Scale - 0.5f : 0,
            CoordinateMode.AlignCorners => Out <= 1 || length == 1 ? 0 : i * (In - 1f) / (length - 1),
            CoordinateMode.Asymmetric => i / Scale,
            CoordinateMode.HalfPixelForNearest => (i + 0.5f) / Scale,
            CoordinateMode.CropAndResize => Out > 1 ? Start * (In - 1) + i * (End - Start) * (In - 1) / (length - 1) : 0.5f * (Start + End) * (In - 1),
        };
    }
}
