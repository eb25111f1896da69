using System.Diagnostics;
using Larder;
using QuickStart.Documentation;
using QuickStart.Showing;

namespace QuickStart;

/// <summary>Shows one document, and what the cache does for those who ask for it again.</summary>
internal static class LookUp
{
    private const int Repetitions = 1_000;
    private const int Suggestions = 5;

    internal static async Task<int> RunAsync(string name, FileSource source, Terminal terminal)
    {
        await using var cache = LarderCache.Create(options => options.Defaults.NotFoundFor = TimeSpan.FromMinutes(1));

        var started = Stopwatch.GetTimestamp();
        var cold = await ResolveAsync(cache, source, name);
        var coldTime = Stopwatch.GetElapsedTime(started);
        if (!cold.TryGetValue(out var document))
        {
            await SuggestAsync(name, source, terminal);
            return ExitCode.Failed;
        }

        started = Stopwatch.GetTimestamp();
        var hot = cold;
        for (var i = 0; i < Repetitions; i++)
        {
            hot = await ResolveAsync(cache, source, name);
        }

        var hotTime = Stopwatch.GetElapsedTime(started) / Repetitions;

        DocumentPage.Show(document, terminal);
        terminal.Gap();
        var files = $"{Figures.Count(source.Folder.Files.Count, "file", "files")} of {Figures.Megabytes(source.Folder.Bytes)}";
        var gain = Figures.TimesFaster(coldTime / hotTime);
        terminal.Paragraph($"""
            The first question took {Figures.Of(coldTime)} ({cold.Status}: {files} to look through).
            The next {Repetitions:N0} took {Figures.Of(hotTime)} each ({hot.Status}, from {hot.Tier}), {gain}.
            """, tone: Tone.Quiet);
        return ExitCode.Good;
    }

    /// <summary>
    /// What an application would write. The factory captures nothing (it is static and gets what it needs as state),
    /// so that a hit allocates nothing.
    /// </summary>
    private static ValueTask<CacheResult<Document>> ResolveAsync(ICache cache, IDocumentationSource source, string name) =>
        cache.ResolveAsync($"document:{name}", (source, name), static async (asked, entry, cancellationToken) =>
        {
            var document = await asked.source.FindAsync(asked.name, cancellationToken);
            if (document is null)
            {
                // The cache remembers this as well (NotFoundFor), so that a wrong name is not searched for again and again.
                return entry.NotFound<Document>();
            }

            // These were not known before the document was: whoever changes an assembly removes all its documents by its tag.
            entry.AddTag($"assembly:{document.Assembly}");
            entry.AddTag($"namespace:{document.Namespace}");
            return document;
        });

    private static async Task SuggestAsync(string name, FileSource source, Terminal terminal)
    {
        var types = await source.ReadAllTypesAsync();
        var candidates = types.Select(static type => type.Name).ToList();

        // A member was misspelt if what stands before the last dot is a type.
        var owner = name.LastIndexOf('.') is > 0 and var dot ? await source.FindAsync(name[..dot], CancellationToken.None) : null;
        if (owner is { IsType: true })
        {
            candidates.AddRange(owner.Members
                .Where(static member => member.Kind is not MemberKind.ExplicitImplementation)
                .Select(member => $"{owner.Name}.{member.Name}"));
        }

        terminal.Paragraph($"There is no documentation of \"{name}\" in {source.Folder.Edition}. Did you mean one of these?");
        terminal.Gap();
        foreach (var closest in ClosestNames.To(name, candidates, Suggestions))
        {
            terminal.Paragraph(closest, indent: 4, Tone.Strong);
        }

        terminal.Gap();
        terminal.Paragraph(
            "A name is given in full, with its namespace, and its case matters: "
            + "System.String, System.String.Join, \"System.Collections.Generic.List<T>\".");
    }
}
