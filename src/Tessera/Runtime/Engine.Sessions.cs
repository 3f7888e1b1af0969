using System.Runtime.CompilerServices;
using Tessera.Onnx;

namespace Tessera;

public abstract partial class Engine
{
    /// <summary>Loads and checks a model; its weights are read in place from the file.</summary>
    /// <exception cref="TesseraException">MalformedModel with the place in the file; Unsupported listing every operator that is not supported.</exception>
    public Session Load(string path, SessionOptions? options = null)
    {
        Task starting = StartBeside();
        try
        {
            OnnxModel model = OnnxModel.Load(path);
            Session? session = null;
            try
            {
                Compiler.ModelCheck.Run(model);
                RuntimeHelpers.RunClassConstructor(typeof(Compiler.Passes).TypeHandle);
                // A session asks nothing of its engine before its first plan; an engine of this process may still be starting then.
                session = Open(model, options, Path.GetFileName(path), ownsModel: true);
                if (IsHost && !starting.IsCompleted) return session;
                starting.GetAwaiter().GetResult();
                EnsureInitialized();
                return session;
            }
            catch
            {
                if (session is null) model.Dispose();
                else session.Dispose();
                throw;
            }
        }
        finally
        {
            // Whatever became of the model: nothing that reaches out of this process goes on after this call.
            if (!IsHost) Task.WaitAny(starting);
        }
    }

    /// <summary>Starts the engine on a thread of its own, so that the first model is read meanwhile; done at once when it runs already, or there is one processor only.</summary>
    private Task StartBeside()
    {
        if (_health.State != EngineState.Created || Environment.ProcessorCount == 1) return Task.CompletedTask;
        Task starting = Task.Factory.StartNew(EnsureInitialized, CancellationToken.None, TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach, TaskScheduler.Default);
        // Where the session does not wait for it, its first plan starts the engine again and says why that fails.
        _ = starting.ContinueWith(static t => _ = t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return starting;
    }

    /// <summary>A session over a model, which must stay alive as long as the session.</summary>
    public Session Compile(OnnxModel model, SessionOptions? options = null)
    {
        EnsureInitialized();
        Compiler.ModelCheck.Run(model);
        return Open(model, options, model.Graph.Name, ownsModel: false);
    }

    public Task<Session> CompileAsync(OnnxModel model, SessionOptions? options = null, CancellationToken cancel = default) => Task.Run(() => Compile(model, options), cancel);

    public Task<Session> LoadAsync(string path, SessionOptions? options = null, CancellationToken cancel = default) => Task.Run(() => Load(path, options), cancel);

    /// <summary>A tensor in this engine's memory; counts towards its limit until disposed.</summary>
    public Tensor Allocate(DType type, Shape shape, string name) => Tensor.Empty(type, shape, Pool, name);

    /// <summary>Share of the memory limit that is in use, 0…1.</summary>
    public double GetUtilization() => (double)Pool.Used / Pool.Budget;

    private Session Open(OnnxModel model, SessionOptions? options, string name, bool ownsModel)
    {
        ObjectDisposedException.ThrowIf(_health.State == EngineState.Disposed, this);
        return new Session(this, model, options ?? new(), name, ownsModel);
    }
}
