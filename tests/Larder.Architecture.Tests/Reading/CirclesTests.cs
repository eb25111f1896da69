using HouseMap.Model;

namespace Larder.Architecture.Tests.Reading;

public sealed class CirclesTests
{
    [Theory]
    [InlineData("a-b b-c a-c", "")]
    [InlineData("a-a", "a a")]
    [InlineData("a-b b-a", "a b a")]
    [InlineData("a-b b-c c-d d-a c-a", "a b c a")]
    [InlineData("a-b b-a c-d d-c b-c", "a b a|c d c")]
    [InlineData("a-b b-c c-b", "b c b")]
    public void Find_Graph_AnswersOneShortestCircleForEachKnot(string edges, string circles)
    {
        var pairs = edges.Split(' ').Select(edge => edge.Split('-')).ToList();
        var graph = pairs.SelectMany(pair => pair).Distinct(StringComparer.Ordinal).ToDictionary(
            name => name,
            IReadOnlySet<string> (name) => pairs.Where(pair => pair[0] == name).Select(pair => pair[1]).ToHashSet(StringComparer.Ordinal),
            StringComparer.Ordinal);

        Assert.Equal(circles, string.Join('|', Circles.Find(graph).Select(circle => string.Join(' ', circle))));
    }
}
