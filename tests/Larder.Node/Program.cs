using Larder.Node;
using Larder.Node.Commands;

// One argument: the settings. Commands come over standard input, one a line; answers and events go to standard output, one a line.
var settings = NodeSettings.Parse(args[0]);
using var database = new SharedDatabase(settings.Database);
using var log = new RecentLog();
await using var cache = NodeCache.Create(settings, log);
var loop = new CommandLoop(cache, database, settings, log, Console.In, TextWriter.Synchronized(Console.Out));
await loop.RunAsync();
