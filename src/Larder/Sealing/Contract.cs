using System.Text;

namespace Larder.Sealing;

/// <summary>
/// What the two sides of a payload must agree on, in four bytes: the type of the value, the transformer that changed it, and the
/// application's serializer that encoded it. Types count by their full name without the assembly, so that builds and versions of a type
/// share their entries, and moving a type to another assembly is no change.
/// </summary>
internal static class Contract
{
    internal static uint Of(Type value, Type? transformer, Type? serializer) =>
        transformer is null && serializer is null
            ? Hash(value.ToString())
            : Hash($"{value}|{transformer}|{serializer}");

    private static uint Hash(string name) => Crc32C.Of(Encoding.UTF8.GetBytes(name));
}
