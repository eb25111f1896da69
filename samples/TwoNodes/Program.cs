using QuickStart.Showing;
using TwoNodes;
using TwoNodes.Nodes;

// The program starts itself twice for each level of coherence; those processes are told so by their first argument.
if (args is ["--node", ..])
{
    await using var host = new NodeHost(args[1], args[2], Enum.Parse<Larder.CoherenceLevel>(args[3]));
    await host.RunAsync();
    return ExitCode.Good;
}

var terminal = Terminal.ForOutput();
if (args.Length > 1 || args is ["--help" or "-h"])
{
    terminal.Paragraph(Story.Usage);
    return args.Length > 1 ? ExitCode.BadArguments : ExitCode.Good;
}

await using var server = args.Length == 1 ? LocalServer.At(args[0]) : await LocalServer.StartAsync();
if (server is null)
{
    Terminal.ForErrors().Paragraph(LocalServer.Missing);
    return ExitCode.NoServer;
}

try
{
    return await new Story(terminal, server).RunAsync() ? ExitCode.Good : ExitCode.Failed;
}
catch (NodeFailedException failure)
{
    Terminal.ForErrors().Paragraph($"A node failed: {failure.Message}");
    return ExitCode.Failed;
}
