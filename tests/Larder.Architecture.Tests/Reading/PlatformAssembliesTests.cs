using HouseMap.Reading;

namespace Larder.Architecture.Tests.Reading;

public sealed class PlatformAssembliesTests
{
    [Fact]
    public void Load_Platform_HoldsNoPackageOfTheTests()
    {
        var names = PlatformAssemblies.Load().Select(assembly => Path.GetFileName(assembly.Display)).ToList();

        Assert.Contains("System.Runtime.dll", names);
        Assert.DoesNotContain(names, name => name is not null && name.StartsWith("xunit", StringComparison.Ordinal));
    }

    [Fact]
    public void OfFramework_InstalledFramework_IsFoundBesideTheRuntime() =>
        Assert.Contains("System.Runtime.dll", PlatformAssemblies.OfFramework("Microsoft.NETCore.App").Select(Path.GetFileName));

    [Fact]
    public void OfFramework_UnknownFramework_IsEmpty() => Assert.Empty(PlatformAssemblies.OfFramework("Nobody.Knows.App"));
}
