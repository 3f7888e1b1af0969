using System.CommandLine;
using Tessera;
using Tessera.Cli.Commands;

Tessera.Workers.WorkerEngines.Register();
Tessera.Devices.DeviceEngines.Register();
RootCommand root = new("Tessera: runs ONNX models on whatever this machine has.")
{
    RunCommand.Create(), InspectCommand.Create(), ExplainCommand.Create(), EnginesCommand.Create(), DevicesCommand.Create(),
    BenchCommand.Create(), ConformanceCommand.Create(), DiffCommand.Create(), ExportCommand.Create(), DoctorCommand.Create(), KnobsCommand.Create(), DemoCommand.Create(), ProfileCommand.Create(),
    BenchCommand.CreateOnce(), BenchCommand.CreatePeer(),
};
try
{
    return root.Parse(args).Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (TesseraException e)
{
    Console.Error.WriteLine($"{e.Code}: {e.Message}");
    return 1;
}
catch (IOException e)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
