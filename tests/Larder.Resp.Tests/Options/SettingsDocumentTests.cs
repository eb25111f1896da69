using Larder.Resp.Options;

namespace Larder.Resp.Tests.Options;

public sealed class SettingsDocumentTests
{
    [Fact]
    public void Document_OfSettings_ListsEveryName()
    {
        var document = File.ReadAllText(Path.Combine(Root(), "docs", "resp.md"));
        Assert.NotEmpty(SettingTable.AllNames);
        Assert.All(SettingTable.AllNames, name => Assert.Contains($"`{name}`", document, StringComparison.Ordinal));
    }

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Larder.slnx")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests do not run inside the repository.");
        }

        return folder;
    }
}
