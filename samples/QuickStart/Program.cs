using System.Xml;
using QuickStart;
using QuickStart.Documentation;
using QuickStart.Showing;

var command = CommandLine.Parse(args);
if (command.Problem is { } problem)
{
    Terminal.ForErrors().Paragraph($"{problem}\n\n{CommandLine.Usage}");
    return ExitCode.BadArguments;
}

var terminal = Terminal.ForOutput();
if (command.IsHelpWanted)
{
    terminal.Paragraph(CommandLine.Usage);
    return ExitCode.Good;
}

var folder = DocumentationFolder.Find(command.Folder, out var lookedIn);
if (folder is null)
{
    Terminal.ForErrors().Paragraph(DocumentationFolder.Missing(lookedIn));
    return ExitCode.NoDocumentation;
}

var source = new FileSource(folder);
try
{
    return command.Name is { } name
        ? await LookUp.RunAsync(name, source, terminal)
        : await Tour.RunAsync(source, terminal);
}
catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or XmlException)
{
    Terminal.ForErrors().Paragraph($"The documentation in {folder.Path} could not be read: {failure.Message}");
    return ExitCode.NoDocumentation;
}
