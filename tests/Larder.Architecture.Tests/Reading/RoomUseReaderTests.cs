using HouseMap.Model;
using Larder.Architecture.Tests.Proofs;

namespace Larder.Architecture.Tests.Reading;

public sealed class RoomUseReaderTests
{
    // What the lower room declares; every snippet below uses one of these things, often without naming it.
    private const string Lower = """
        namespace Larder;

        public class Thing
        {
            public Thing() { }
            protected Thing(int size) => Size = size;
            public int Size { get; }
            public Thing? Next { get; set; }
            public int this[int index] => index;
            public static implicit operator int(Thing thing) => thing.Size;
            public static Thing operator +(Thing one, Thing other) => one;
            public void Deconstruct(out int one, out int two) => (one, two) = (1, 2);
            public IEnumerator<int> GetEnumerator() { yield break; }
            public System.Runtime.CompilerServices.TaskAwaiter GetAwaiter() => default;
        }

        public struct Point;

        public static class ThingExtensions
        {
            public static int Twice(this object value) => 2;
        }

        public sealed class MarkAttribute : Attribute;
        """;

    // A room between the two, from which the upper one gets values whose types it never names.
    private const string Between = """
        namespace Larder;

        public static class Source
        {
            public static Thing Thing => new();
            public static List<Thing> Things => [];
            public static void Take(Thing thing) { }
            public static void TakePoint(Point point) { }
            public static void TakeAll(Thing[] things) { }
            public static void TakeNumber(int number) { }
        }
        """;

    [Theory]
    [InlineData("public Thing? Field;")]
    [InlineData("public Thing Run() => throw new NotSupportedException();")]
    [InlineData("public void Run(List<Thing[]> things) { }")]
    [InlineData("public void Run<T>() where T : Thing { }")]
    [InlineData("public string Run() => nameof(Thing);")]
    [InlineData("public bool Run(object value) => value is Thing;")]
    [InlineData("public Type Run() => typeof(Thing);")]
    [InlineData("[Mark] public void Run() { }")]
    [InlineData("public int Run() => 1.Twice();")]
    [InlineData("private sealed class Inner() : Thing(1);")]
    [InlineData("public int Run() => Source.Thing.Size;")]
    [InlineData("public void Run() { var thing = Source.Thing; }")]
    [InlineData("public void Run() { var things = Source.Things; }")]
    [InlineData("public void Run() => Source.Take(new());")]
    [InlineData("public void Run() => Source.TakePoint(default);")]
    [InlineData("public void Run() => Source.TakeAll([]);")]
    [InlineData("public int Run() => Source.Thing[1];")]
    [InlineData("public int? Run() => Source.Things[0]?[1];")]
    [InlineData("public object Run() => Source.Thing + Source.Thing;")]
    [InlineData("public void Run() => Source.TakeNumber(Source.Thing);")]
    [InlineData("public void Run() { foreach (var number in Source.Thing) { } }")]
    [InlineData("public void Run() { var (one, two) = Source.Thing; }")]
    [InlineData("public async Task Run() => await Source.Thing;")]
    public void Read_EveryKindOfUse_IsAnEdge(string member) => Assert.Contains("Lower", UsedBy(member));

    [Theory]
    [InlineData("public void Run() => Console.WriteLine();")]
    [InlineData("/// <summary>See <see cref=\"Thing\"/>.</summary>\npublic void Run() { }")]
    [InlineData("// A Thing in a comment.\npublic string Run() => \"Thing\";")]
    [InlineData("public void Run<Thing>(Thing thing) { }")]
    [InlineData("public void Run(int Size) => Source.TakeNumber(Size);")]
    public void Read_WhatOnlyLooksLikeAUse_IsNoEdge(string member) => Assert.DoesNotContain("Lower", UsedBy(member));

    [Fact]
    public void Read_Use_KnowsItsPlaceAndSymbol()
    {
        var project = Synthetic.House(
            ("src/Larder/Upper/User.cs", "internal sealed class User\n{\n    public int Run(Used used) =>\n        used.Size;\n}\n"),
            ("src/Larder/Lower/Used.cs", "internal sealed class Used { public int Size => 1; }")).Projects[0];

        var use = project.RoomUses.Single(use => use.Symbol == "Used.Size");

        Assert.Equal(("Upper", "Lower", "src/Larder/Upper/User.cs", 4), (use.From, use.To, use.File.Path, use.Line));
    }

    [Fact]
    public void Read_SymbolOfAnotherProject_IsNoEdgeBetweenRooms() => Assert.Empty(
        Synthetic.Projects(("Upper", ["Lower"]), ("Lower", [])).Projects.SelectMany(project => project.RoomUses));

    private static IReadOnlySet<string> UsedBy(string member) => Synthetic.House(
        ("src/Larder/Upper/User.cs", $"namespace Larder;\ninternal sealed class User\n{{\n{member}\n}}\n"),
        ("src/Larder/Between/Source.cs", Between),
        ("src/Larder/Lower/Thing.cs", Lower)).Projects[0].RoomsUsedBy("Upper");
}
