namespace Larder.Memory.Tests.Kit;

internal enum OperationKind
{
    Get,
    Set,
    Add,
    Update,
    Remove,
    RemoveExact,
}
