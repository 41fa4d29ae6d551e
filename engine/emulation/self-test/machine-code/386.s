# System call: number in eax, arguments in ebx ecx edx esi edi ebp, result in eax.
.intel_syntax noprefix

.section look, "ax"
    mov ebx, 1
    mov ecx, esp
    mov edx, LOOK_STACK
    mov eax, 4              # write
    int 0x80
    mov ebx, 1
    mov ecx, [esp + 4]
    mov edx, LOOK_NAME
    mov eax, 4
    int 0x80
    xor ebx, ebx
    mov eax, 1              # exit
    int 0x80

.section crash, "ax"
    xor eax, eax
    mov eax, [eax]
    xor ebx, ebx
    mov eax, 1
    int 0x80

# Every register is an argument, so the place in the table is pushed.
.section calls, "ax"
    mov ebx, TABLE
1:  mov eax, [ebx]
    cmp eax, -1
    je 2f
    push ebx
    mov ebx, -1
    mov ecx, ebx
    mov edx, ebx
    mov esi, ebx
    mov edi, ebx
    mov ebp, ebx
    int 0x80
    pop ebx
    mov [esp + ebx - TABLE - SCRATCH], eax
    add ebx, 4
    jmp 1b
2:  lea ecx, [esp - SCRATCH]
    lea edx, [ebx - TABLE]
    mov ebx, 1
    mov eax, 4
    int 0x80
    xor ebx, ebx
    mov eax, 1
    int 0x80

.section spin, "ax"
    mov ecx, TABLE
    mov ecx, [ecx]
    xor eax, eax
1:  lea eax, [eax + eax * 4]
    add eax, ecx
    mov [esp - 16], eax
    call 3f
    dec ecx
    jnz 1b
    xor ebx, ebx
    mov eax, 1
    int 0x80
3:  mov edx, [esp - 12]
    shr edx, 3
    xor eax, edx
    ret

# As in amd64.s.
.section cpuid, "ax"
    lea edi, [esp - SCRATCH]
    mov eax, 1
    xor ecx, ecx
    call 3f
    mov esi, ecx
    mov eax, 7
    xor ecx, ecx
    call 3f
    mov eax, 0x80000001
    xor ecx, ecx
    call 3f
    xor eax, eax
    xor edx, edx
    bt esi, 27
    jnc 1f
    xor ecx, ecx
    xgetbv
1:  mov [edi], eax
    mov [edi + 4], edx
    mov ebx, 1
    lea ecx, [esp - SCRATCH]
    mov edx, 56
    mov eax, 4
    int 0x80
    xor ebx, ebx
    mov eax, 1
    int 0x80
3:  cpuid
    mov [edi], eax
    mov [edi + 4], ebx
    mov [edi + 8], ecx
    mov [edi + 12], edx
    add edi, 16
    ret
