using Tessera.Onnx;

namespace Tessera.Conformance;

/// <summary>An engine with a session, and steps that contracts share.</summary>
internal sealed class Probe : IDisposable
{
    private readonly OnnxModel _model;

    public Probe(Func<EngineOptions, Engine> make, OnnxModel model, EngineOptions? engine = null, SessionOptions? session = null)
    {
        _model = model;
        Engine = make(engine ?? new());
        Session = Engine.Compile(model, session);
    }

    public Engine Engine { get; }

    public Session Session { get; }

    public OnnxModel Model => _model;

    /// <summary>The bytes of the first output.</summary>
    public byte[] Bytes(Tensor x) => Bytes(Session, x);

    public static byte[] Bytes(Session s, Tensor x)
    {
        Tensor[] y = s.Run(x);
        byte[] b = y[0].RawBytes().ToArray();
        foreach (Tensor t in y) t.Dispose();
        return b;
    }

    /// <summary>null when <paramref name="act"/> throws a TesseraException of this code, else what happened.</summary>
    public static string? Refused(string what, ErrorCode code, Action act)
    {
        try
        {
            act();
            return $"{what}: accepted; {code} is due";
        }
        catch (TesseraException e)
        {
            return e.Code == code ? null : $"{what}: {e.Code} ({e.Message}); {code} is due";
        }
    }

    public static string? Throws<T>(string what, Action act) where T : Exception
    {
        try
        {
            act();
            return $"{what}: accepted; {typeof(T).Name} is due";
        }
        catch (T)
        {
            return null;
        }
    }

    public void Dispose()
    {
        Session.Dispose();
        Engine.Dispose();
        _model.Dispose();
    }
}
