using HouseMap.Model;
using Larder.Architecture.Tests.Faces;
using Larder.Architecture.Tests.Proofs;

namespace Larder.Architecture.Tests;

public sealed class PublicFaceTests
{
    [Fact]
    public void PublicFace_OfEveryProject_IsTheAcceptedOne()
    {
        var projects = TheHouse.Source.Projects;
        if (FaceFile.IsAccepting)
        {
            foreach (var project in projects)
            {
                File(project).Accept(PublicFace.Of(project));
            }
        }

        var differences = string.Concat(projects.Select(project => File(project).Differences(PublicFace.Of(project))));
        Assert.True(
            differences.Length == 0,
            $"The public face has changed:\n{differences}"
            + $"If that is meant, run the tests with {FaceFile.AcceptVariable}=1, which rewrites the files.");
    }

    [Fact]
    public void PublicFace_EveryFile_BelongsToAProject()
    {
        var projects = TheHouse.Source.Projects.Select(project => project.Name);
        var orphans = FaceFile.Existing(TheHouse.Root).Except(projects, StringComparer.Ordinal).ToList();
        Assert.True(
            orphans.Count == 0,
            $"Delete from {FaceFile.Folder} the files of projects that are gone: {string.Join(", ", orphans)}.");
    }

    [Fact]
    public void Differences_ChangedFace_NamesAddedAndRemovedLines()
    {
        using var folder = new TemporaryFolder();
        var file = new FaceFile(folder.Path, "Sample");
        file.Accept(["a", "b", "c"]);

        Assert.Empty(file.Differences(["a", "b", "c"]));
        var differences = file.Differences(["a", "c", "d"]);

        Assert.Contains("  - b\n", differences, StringComparison.Ordinal);
        Assert.Contains("  + d\n", differences, StringComparison.Ordinal);
        Assert.DoesNotContain(" a\n", differences, StringComparison.Ordinal);
    }

    [Fact]
    public void Differences_RepeatedOrMovedLine_IsADifference()
    {
        using var folder = new TemporaryFolder();
        var file = new FaceFile(folder.Path, "Sample");
        file.Accept(["a", "b"]);

        Assert.Contains("  + a\n", file.Differences(["a", "a", "b"]), StringComparison.Ordinal);
        Assert.Contains("not in order", file.Differences(["b", "a"]), StringComparison.Ordinal);
    }

    [Fact]
    public void Of_InterfaceMember_HasNullabilityDefaultsAndConstraints() => Expect(
        """
        public interface ICache<in TKey> : IDisposable where TKey : notnull
        {
            ValueTask<T?> GetAsync<T>(TKey key, string? name = null, CancellationToken cancellationToken = default) where T : class;
            bool IsEnabled { get; }
        }
        """,
        "interface Larder.ICache<in TKey> : IDisposable where TKey : notnull",
        "abstract Larder.ICache<in TKey>.GetAsync<T>(TKey key, string? name = null,"
            + " CancellationToken cancellationToken = default) -> ValueTask<T?> where T : class",
        "abstract Larder.ICache<in TKey>.IsEnabled { get; } -> bool");

    [Fact]
    public void Of_Class_ListsOnlyWhatOthersCanReach() => Expect(
        """
        public class Shelf
        {
            public const int Limit = 3;
            public static readonly string Name = "";
            public required string Title { get; init; }
            public int Count { get; private set; }
            public int Depth { get; protected set; }
            public string? this[int index] => null;
            public event EventHandler? Emptied;
            protected virtual void Fill(ref int count, params string[] items) { }
            private protected void Hide() { }
            internal void HideToo() { }
            public static explicit operator int(Shelf shelf) => 0;
            public override string ToString() => "";
            public class Board { }
            private class Nail { }
        }
        internal class Cellar { public void Open() { } }
        """,
        "class Larder.Shelf",
        "class Larder.Shelf.Board",
        "Larder.Shelf.Board.Board()",
        "Larder.Shelf.Count { get; } -> int",
        "Larder.Shelf.Depth { get; protected set; } -> int",
        "Larder.Shelf.Emptied -> EventHandler?",
        "protected virtual Larder.Shelf.Fill(ref int count, params string[] items) -> void",
        "const Larder.Shelf.Limit = 3 -> int",
        "static readonly Larder.Shelf.Name -> string",
        "Larder.Shelf.Shelf()",
        "required Larder.Shelf.Title { get; init; } -> string",
        "override Larder.Shelf.ToString() -> string",
        "static Larder.Shelf.explicit operator int(Shelf shelf) -> int",
        "Larder.Shelf.this[int index] { get; } -> string?");

    [Fact]
    public void Of_OtherKinds_AreToldApart() => Expect(
        """
        public enum Tier : byte { Memory = 1, Disk = 2 }
        public delegate T Load<out T>(string key, int attempt = 1);
        public readonly record struct Stamp(long Value);
        public sealed record Note(string Text) : IFormattable
        {
            public string ToString(string? format, IFormatProvider? provider) => "";
        }
        public static class Extensions
        {
            public static int Twice(this int number) => 2 * number;
        }
        public readonly ref struct Window { }
        """,
        "static class Larder.Extensions",
        "static Larder.Extensions.Twice(this int number) -> int",
        "delegate Larder.Load<out T>(string key, int attempt = 1) -> T",
        "sealed record Larder.Note : IFormattable",
        "Larder.Note.Note(string Text)",
        "Larder.Note.Text { get; init; } -> string",
        "Larder.Note.ToString(string? format, IFormatProvider? provider) -> string",
        "readonly record struct Larder.Stamp",
        "Larder.Stamp.Stamp(long Value)",
        "Larder.Stamp.Value { get; init; } -> long",
        "enum Larder.Tier : byte",
        "Larder.Tier.Disk = 2",
        "Larder.Tier.Memory = 1",
        "readonly ref struct Larder.Window");

    [Fact]
    public void Of_AttributesAboutNull_ArePartOfTheSignature() => Expect(
        """
        using System.Diagnostics.CodeAnalysis;
        public interface IShelf
        {
            bool TryGet<T>([AllowNull] string key, [MaybeNullWhen(false)] out T value);
            [return: NotNullIfNotNull(nameof(text))]
            string? Trim(string? text);
            [DisallowNull]
            string? Title { get; set; }
            void Count(scoped in Span<int> numbers, (int Low, int High) range = default, DayOfWeek day = DayOfWeek.Monday);
        }
        """,
        "interface Larder.IShelf",
        "abstract Larder.IShelf.Count(scoped in Span<int> numbers, (int Low, int High) range = default,"
            + " DayOfWeek day = DayOfWeek.Monday) -> void",
        "abstract Larder.IShelf.Title { get; set; } -> [DisallowNull] string?",
        "abstract Larder.IShelf.Trim(string? text) -> [NotNullIfNotNull(\"text\")] string?",
        "abstract Larder.IShelf.TryGet<T>([AllowNull] string key, [MaybeNullWhen(false)] out T value) -> bool");

    [Fact]
    public void Of_ExtensionBlock_NamesTheReceiver() => Expect(
        """
        public static class Extensions
        {
            extension(string text)
            {
                public int Words => 1;
                public string Twice() => text + text;
            }
        }
        """,
        "static class Larder.Extensions",
        "Larder.Extensions.extension(string text).Twice() -> string",
        "Larder.Extensions.extension(string text).Words { get; } -> int");

    private static FaceFile File(Project project) => new(TheHouse.Root, project.Name);

    private static void Expect(string source, params string[] face) =>
        Assert.Equal(face, PublicFace.Of(Synthetic.House($"namespace Larder;\n{source}").Projects[0]));
}
