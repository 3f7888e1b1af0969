using System.Globalization;
using System.Text;
using Tessera.Kernels;

namespace Tessera.Render;

/// <summary>An expression; one that is no atom goes into parentheses inside others.</summary>
internal readonly record struct Text(string Code, bool IsAtom)
{
    public static Text Atom(string code) => new(code, true);

    public static Text Operation(string code) => new(code, false);

    public override string ToString() => IsAtom ? Code : $"({Code})";
}

/// <summary>A kernel as statements of a language with C's blocks; what differs between languages is abstract.</summary>
internal abstract class TextRenderer(Kernel k)
{
    private readonly StringBuilder _out = new();
    private readonly Inlining _inlining = new(k);
    private readonly Dictionary<Instruction, string> _names = [];
    private readonly List<string> _helpers = [];
    private (Instruction Constant, string Name)? _variable;
    private int _next;
    private int _indent = 1;

    protected Kernel K { get; } = k;

    /// <summary>Functions of <see cref="HelperTable"/> that the body uses, in the order in which they must stand.</summary>
    protected IEnumerable<string> Helpers => _helpers.Select(name => HelperTable[name].Code);

    /// <summary>Functions that go before a kernel when it uses them, and the functions that they use.</summary>
    protected abstract IReadOnlyDictionary<string, (string Code, string[] Uses)> HelperTable { get; }

    protected abstract string TypeName(KernelType type);

    protected abstract string Literal(KernelType type, KernelArg value);

    protected abstract Text Expression(Instruction i);

    protected abstract void Store(Instruction i);

    protected abstract string Declared(KernelType type, string name, string value, bool isVariable);

    protected abstract string BarrierCall { get; }

    protected abstract string CounterType { get; }

    /// <summary>The statements of the kernel.</summary>
    protected string Statements()
    {
        Emit(K.Body);
        return _out.ToString();
    }

    protected void Line(string statement) => _out.Append(' ', 4 * _indent).Append(statement).Append('\n');

    /// <summary>A value as an operand.</summary>
    public string Of(Instruction i) => i.Op switch
    {
        KernelOp.Const => _variable is { } v && v.Constant == i ? v.Name : Literal(i.Type, i.Arg!),
        KernelOp.Item => "item",
        KernelOp.Get when _inlining.Inlined(i) => _names[i.In[0]],
        _ => _inlining.Inlined(i) ? Guarded(i).ToString() : _names[i],
    };

    /// <summary>Whether a value costs nothing to refer to.</summary>
    public bool HasName(Instruction i) => i.Op is KernelOp.Const or KernelOp.Item || !_inlining.Inlined(i);

    /// <summary>A value as an operand that is written more than once.</summary>
    public string Named(Instruction i)
    {
        if (HasName(i)) return Of(i);
        return i.Op == KernelOp.Get ? Of(i) : Named(i.Type, Guarded(i).Code);
    }

    protected string Named(KernelType type, string value)
    {
        string name = $"t{_next++}";
        Line(Declared(type, name, value, isVariable: false));
        return name;
    }

    /// <summary>The name of a helper function, which is put before the kernel.</summary>
    public string Use(string helper)
    {
        if (_helpers.Contains(helper)) return helper;
        foreach (string needed in HelperTable[helper].Uses) Use(needed);
        _helpers.Add(helper);
        return helper;
    }

    protected Text Call(string function, Instruction i) => Text.Atom($"{function}({string.Join(", ", i.In.Select(Bare))})");

    protected Text Infix(string op, Instruction i) => Text.Operation($"{Of(i.In[0])} {op} {Of(i.In[1])}");

    /// <summary>A value where no parentheses are needed.</summary>
    public string Bare(Instruction i) => i.Op is not (KernelOp.Const or KernelOp.Item or KernelOp.Get) && _inlining.Inlined(i) ? Guarded(i).Code : Of(i);

    protected TesseraException Missing(Instruction i) => new(ErrorCode.Internal, $"Kernel '{K.Name}': no text for {i.Op} of {i.Type}.");

    protected static string Number(long n) => n.ToString(CultureInfo.InvariantCulture);

    /// <summary>Operations on constants alone are evaluated by compilers, which refuse those that overflow: they get a variable to work on.</summary>
    private Text Guarded(Instruction i)
    {
        bool constant = !i.In.IsEmpty && i.Op is not (KernelOp.Splat or KernelOp.Vector or KernelOp.Load or KernelOp.LoadShared) && i.In.All(x => x.Op == KernelOp.Const);
        if (!constant) return Expression(i);
        (Instruction, string)? outer = _variable;
        string name = $"c{_next++}";
        Line(Declared(i.In[0].Type, name, Of(i.In[0]), isVariable: true));
        _variable = (i.In[0], name);
        Text text = Expression(i);
        _variable = outer;
        return text;
    }

    private void Emit(Block block)
    {
        foreach (Instruction i in block.Instructions)
            if (!_inlining.Inlined(i) && !_inlining.IsDead(i)) Emit(i);
    }

    private void Emit(Instruction i)
    {
        switch (i.Op)
        {
            case KernelOp.Const or KernelOp.Item: break;
            case KernelOp.Store: Store(i); break;
            case KernelOp.StoreShared: Line($"s{i.Number}[{Bare(i.In[0])}] = {Bare(i.In[1])};"); break;
            case KernelOp.Barrier: Line($"{BarrierCall};"); break;
            case KernelOp.Set: Line($"{_names[i.In[0]]} = {Bare(i.In[1])};"); break;
            case KernelOp.For: For(i); break;
            case KernelOp.If: If(i); break;
            case KernelOp.Var: Declare(i, Bare(i.In[0]), isVariable: true); break;
            case KernelOp.Get: Declare(i, _names[i.In[0]], isVariable: false); break;
            default: Declare(i, Guarded(i).Code, isVariable: false); break;
        }
    }

    private void Declare(Instruction i, string value, bool isVariable)
    {
        _names[i] = $"v{_next++}";
        Line(Declared(i.Type, _names[i], value, isVariable));
    }

    private void For(Instruction i)
    {
        string from = Bare(i.In[0]), to = Of(i.In[1]), name = _names[i] = $"n{_next++}";
        Line($"for ({CounterType} {name} = {from}; {name} < {to}; {name} += {Number(i.Number)}) {{");
        Inner(i.Bodies[0]);
        Line("}");
    }

    private void If(Instruction i)
    {
        Line($"if ({Bare(i.In[0])}) {{");
        Inner(i.Bodies[0]);
        if (i.Bodies.Length > 1)
        {
            Line("} else {");
            Inner(i.Bodies[1]);
        }
        Line("}");
    }

    private void Inner(Block block)
    {
        _indent++;
        Emit(block);
        _indent--;
    }
}
