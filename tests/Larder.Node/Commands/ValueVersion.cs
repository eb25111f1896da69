using System.Reflection;
using System.Reflection.Emit;

namespace Larder.Node.Commands;

/// <summary>
/// Makes a type from a text such as "Shop.Product Number:Int32 Name:String", so that two processes can have two versions of a type with one name, as two builds of an application have.
/// </summary>
internal static class ValueVersion
{
    internal static Type Make(string text)
    {
        var words = text.Split(' ');
        var module = AssemblyBuilder.DefineDynamicAssembly(new AssemblyName("Versions"), AssemblyBuilderAccess.Run).DefineDynamicModule("Versions");
        var type = module.DefineType(words[0], TypeAttributes.Public | TypeAttributes.Sealed);
        foreach (var property in words.AsSpan(1))
        {
            var colon = property.IndexOf(':', StringComparison.Ordinal);
            AddProperty(type, property[..colon], Type.GetType($"System.{property[(colon + 1)..]}", throwOnError: true)!);
        }

        return type.CreateType();
    }

    private static void AddProperty(TypeBuilder type, string name, Type of)
    {
        const MethodAttributes Accessor = MethodAttributes.Public | MethodAttributes.SpecialName | MethodAttributes.HideBySig;
        var field = type.DefineField($"_{name}", of, FieldAttributes.Private);
        var property = type.DefineProperty(name, PropertyAttributes.None, of, parameterTypes: null);

        var getter = type.DefineMethod($"get_{name}", Accessor, of, Type.EmptyTypes);
        var code = getter.GetILGenerator();
        code.Emit(OpCodes.Ldarg_0);
        code.Emit(OpCodes.Ldfld, field);
        code.Emit(OpCodes.Ret);
        property.SetGetMethod(getter);

        var setter = type.DefineMethod($"set_{name}", Accessor, returnType: null, [of]);
        code = setter.GetILGenerator();
        code.Emit(OpCodes.Ldarg_0);
        code.Emit(OpCodes.Ldarg_1);
        code.Emit(OpCodes.Stfld, field);
        code.Emit(OpCodes.Ret);
        property.SetSetMethod(setter);
    }
}
