using Larder.Redis.Cascache;

namespace Larder.Redis.Tests.Cascache;

public sealed class KeyNamesTests
{
    public static TheoryData<string[], string> Hashes => Vectors.Hashes;

    [Fact]
    public void Names_OfAKey_AreThoseOfCascache()
    {
        var names = new KeyNames("user");
        Assert.Equal("single:user:42", names.Single("42"));
        Assert.Equal("gen:user:single:user:42", names.Generation("42"));
        Assert.Equal("bulk:user:16275ef0f5d0eb9d", names.Bulk(SortedKeys.Of(["b", "a"])));
    }

    [Theory]
    [MemberData(nameof(Hashes))]
    public void Hash_EachVector_IsThatOfTheSortedKeys(string[] keys, string hash)
    {
        Assert.Equal(hash, SortedKeys.Of(keys).Hash());
        Assert.Equal(hash, SortedKeys.Of(keys.Reverse()).Hash());
    }

    [Fact]
    public void Find_EachKey_GivesItsPlaceByBytes()
    {
        var keys = SortedKeys.Of(["\uffee", "\ud83d\ude00", "z", "a", "ab"]);
        Assert.Equal(["a", "ab", "z", "\uffee", "\ud83d\ude00"], keys.Texts);
        for (var i = 0; i < keys.Count; i++)
        {
            Assert.Equal(i, keys.Find(keys.BytesOf(i).Span));
        }

        Assert.True(keys.Find("b"u8) < 0);
        Assert.True(keys.Find(""u8) < 0);
        Assert.True(keys.Find([0xff]) < 0);
    }

    [Theory]
    [InlineData("{user}", "42", true)]
    [InlineData("user", "{42}", true)]
    [InlineData("user", "42", false)]
    [InlineData("user", "{}42", false)]
    [InlineData("a{b", "c}d", false)] // The tag of the single is "b:c", that of the generation "b:single:a{b:c".
    public void ShareSlot_SingleAndGeneration_OnlyWithTheSameTag(string space, string key, bool shared)
    {
        var names = new KeyNames(space);
        Assert.Equal(shared, KeyNames.ShareSlot(names.Single(key), names.Generation(key)));
    }

    [Fact]
    public void Check_KeysThatCascacheCouldNotKeep_AreRefused()
    {
        KeyNames.Check(new string('é', 32_767));
        Assert.Throws<ArgumentException>(() => KeyNames.Check(new string('é', 32_768)));
        Assert.Throws<ArgumentException>(() => KeyNames.Check(""));
        Assert.Throws<ArgumentException>(() => KeyNames.Check("a\ud800"));
        Assert.Throws<ArgumentNullException>(() => KeyNames.Check(null!));
    }

    [Theory]
    [InlineData("0", true, 0)]
    [InlineData("7", true, 7)]
    [InlineData("18446744073709551615", true, ulong.MaxValue)]
    [InlineData("18446744073709551616", false, 0)]
    [InlineData("", false, 0)]
    [InlineData("-1", false, 0)]
    [InlineData("+1", false, 0)]
    [InlineData("01", false, 0)]
    [InlineData("1 ", false, 0)]
    [InlineData(" 1", false, 0)]
    [InlineData("1e3", false, 0)]
    [InlineData("x", false, 0)]
    public void GenerationReading_Text_IsDigitsOrUnreadable(string text, bool readable, ulong value) =>
        Assert.Equal(new GenerationReading(readable, value), GenerationReading.Of(System.Text.Encoding.UTF8.GetBytes(text)));
}
