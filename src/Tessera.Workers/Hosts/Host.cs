namespace Tessera.Workers;

/// <summary>What runs a worker and ends with it.</summary>
internal interface IHosted : IDisposable
{
    /// <summary>The process that runs the kernels, or the first of its processes.</summary>
    int ProcessId { get; }

    /// <summary>The last lines of complaint, for the message of an error.</summary>
    string LastWords { get; }
}

/// <summary>A program that can run workers.</summary>
internal abstract class Host
{
    public static IReadOnlyList<Host> All { get; } = [new NodeHost(), new DenoHost(), new ChromiumHost(), new FirefoxHost()];

    /// <summary>Short name, as in the engine's: "node".</summary>
    public abstract string Name { get; }

    /// <summary>Name for people.</summary>
    public abstract string Title { get; }

    /// <summary>How to get it.</summary>
    public abstract string Remedy { get; }

    /// <summary>Names of the program, the likeliest first.</summary>
    protected abstract IReadOnlyList<string> Programs { get; }

    /// <summary>Time that a start may take.</summary>
    public virtual TimeSpan Patience => TimeSpan.FromSeconds(20);

    /// <summary>Where the program is; null where it is not installed.</summary>
    public string? Find() => Executables.Find(Programs);

    /// <summary>Starts the program with a worker in it.</summary>
    /// <exception cref="TesseraException">EngineUnavailable with the reason.</exception>
    public abstract Task<WorkerConnection> StartAsync(int threads, CancellationToken cancel);

    protected string Found() => Find() ?? throw new TesseraException(ErrorCode.EngineUnavailable, $"{Title} was not found. {Remedy}");
}
