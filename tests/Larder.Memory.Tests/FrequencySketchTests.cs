using Larder.Memory.Policy;

namespace Larder.Memory.Tests;

public sealed class FrequencySketchTests
{
    [Fact]
    public void Frequency_OfCountedKeys_IsNeverLessThanTheirCountUpToFifteen()
    {
        var sketch = new FrequencySketch(1000, 1000);
        for (var key = 0; key < 200; key++)
        {
            for (var i = 0; i < key % 20; i++)
            {
                sketch.Add(Hash(key));
            }
        }

        Assert.All(Enumerable.Range(0, 200), key => Assert.InRange(sketch.Frequency(Hash(key)), Math.Min(key % 20, 15), 15));
    }

    [Fact]
    public void Add_AWholeSample_HalvesEveryCount()
    {
        var sketch = new FrequencySketch(512, 512);
        for (var i = 0; i < 12; i++)
        {
            sketch.Add(Hash(-1));
        }

        for (var i = 0; !sketch.IsAgeing; i++)
        {
            sketch.Add(Hash(i));
        }

        // What waits to be halved is read halved already, so nobody notices how far the ageing has come.
        Assert.InRange(sketch.Frequency(Hash(-1)), 6, 7);
        while (sketch.IsAgeing)
        {
            sketch.Age(3);
            Assert.InRange(sketch.Frequency(Hash(-1)), 6, 7);
        }
    }

    [Fact]
    public void Reach_MoreEntries_ForgetsNothing()
    {
        var sketch = new FrequencySketch(1_000_000, 512);
        for (var i = 0; i < 9; i++)
        {
            sketch.Add(Hash(1));
        }

        var before = sketch.Bytes;
        sketch.Reach(1_000_000);

        Assert.True(sketch.Bytes > before * 100);
        Assert.Equal(9, sketch.Frequency(Hash(1)));
        Assert.InRange(Enumerable.Range(100, 1000).Count(key => sketch.Frequency(Hash(key)) > 0), 0, 50);
    }

    private static int Hash(int key) => new Table.SeededHash(1).Of(key);
}
