using System.ComponentModel;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Larder.Sealing;

/// <summary>Types whose values nobody can change, so that handing out the same instance is as good as a copy.</summary>
internal static class ImmutableTypes
{
    internal static bool Contains<T>() => Verdict<T>.IsImmutable;

    private static bool Judge(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(string) || type.IsPrimitive || type.IsEnum || IsKnown(type))
        {
            return true;
        }

        // A value type without references is copied by every assignment anyway.
        var isClosed = type.IsSealed || type.IsValueType;
        return isClosed && type.GetCustomAttribute<ImmutableObjectAttribute>(inherit: false) is { Immutable: true };
    }

    private static bool IsKnown(Type type) =>
        type == typeof(decimal) || type == typeof(DateTime) || type == typeof(DateTimeOffset) || type == typeof(DateOnly)
        || type == typeof(TimeOnly) || type == typeof(TimeSpan) || type == typeof(Guid) || type == typeof(Int128)
        || type == typeof(UInt128) || type == typeof(Half) || type == typeof(Uri) || type == typeof(Version);

    private static class Verdict<T>
    {
        internal static readonly bool IsImmutable = !RuntimeHelpers.IsReferenceOrContainsReferences<T>() || Judge(typeof(T));
    }
}
